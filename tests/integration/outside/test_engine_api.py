# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a real engine answers."""

from __future__ import annotations

import threading
import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import EngineError
from ansible_collections.slipway.docker.plugins.module_utils.outside.engine_api import EngineApi
from ansible_collections.slipway.docker.plugins.module_utils.outside.sdk import Connection


@pytest.fixture
def real() -> t.Iterator[EngineApi]:
    engine = EngineApi(Connection())
    yield engine
    engine.delete("/volumes/{0}", "slipway-test-api")


def test_speaks_a_version_and_knows_itself(real: EngineApi) -> None:
    assert real.version >= (1, 41)
    assert real.get("/info")["ServerVersion"]
    assert real.fetch("/version")["ApiVersion"]


def test_has_no_volume_until_it_is_made_and_none_when_it_is_gone(real: EngineApi) -> None:
    assert real.get("/volumes/{0}", "slipway-test-api") is None
    made = real.post("/volumes/create", body={"Name": "slipway-test-api", "Labels": {"a": "b"}})
    assert real.get("/volumes/{0}", "slipway-test-api")["Labels"] == made["Labels"] == {"a": "b"}
    assert real.delete("/volumes/{0}", "slipway-test-api") is True
    assert real.delete("/volumes/{0}", "slipway-test-api") is False


def test_says_why_it_refuses(real: EngineApi) -> None:
    with pytest.raises(EngineError) as error:
        real.post("/volumes/create", body={"Name": "-slipway-test-api"})
    assert '"-slipway-test-api" includes invalid characters' in str(error.value)
    assert error.value.status == 400


def test_streams_its_events(real: EngineApi) -> None:
    stream = real.stream(
        "/events", since=0, filters={"type": ["volume"], "volume": ["slipway-test-api"]}
    )
    real.post("/volumes/create", body={"Name": "slipway-test-api"})
    assert next(stream)["Action"] in ("create", "destroy")


def test_answers_many_at_once(real: EngineApi) -> None:
    answers: list[t.Any] = []
    threads = [
        threading.Thread(target=lambda: answers.append(real.get("/version"))) for _call in range(20)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(answers) == 20
    assert all(answer == answers[0] for answer in answers)


def test_an_engine_that_has_heard_enough_of_an_upload_says_why(real: EngineApi) -> None:
    endless = (b"x" * 1_000_000 for _piece in range(200))
    with pytest.raises(EngineError, match="could not be recognized as URL"):
        list(real.upload("/build", data=endless, remote="foo://"))

    assert real.get("/version")["ApiVersion"]
