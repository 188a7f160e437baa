# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What little of an observation a real engine can't be made to say on demand."""

from __future__ import annotations

import json
import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import (
    EngineError,
    InputError,
    Unreachable,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.kind import Survey
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Found, Resource
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.building import bases_in
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.fields import (
    read_args,
    read_hosts,
    same_platform,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.observe import (
    observe,
    platform,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.registry import (
    answer,
    ask,
    digest_or_refuse,
)
from ansible_collections.slipway.docker.plugins.module_utils.outside.logins import Logins


class Outside:
    """An outside whose images go away while they are looked at, and whose registries obey."""

    def __init__(self, told: t.Any = None) -> None:
        self.engine = self
        self.told = told
        self.asked: list[str] = []

    def logins(self) -> Logins:
        return Logins({})

    def get(self, path: str, *parts: str) -> t.Any:
        return (
            [{"Id": "sha256:1", "RepoTags": ["web:1"], "RepoDigests": None}] if not parts else None
        )

    def fetch(self, path: str, *parts: str, **details: t.Any) -> t.Any:
        self.asked.extend(parts)
        if isinstance(self.told, Exception):
            raise self.told
        return self.told


def test_an_image_that_goes_away_in_between_is_not_there() -> None:
    outside = Outside({"Descriptor": {"digest": "sha256:2"}})
    seen = observe(outside, Survey((Resource("image", "web:1"),)))
    assert "web:1" not in seen
    assert outside.asked == ["web:1"]
    assert answer({"image": seen}, "web:1") == {"digest": "sha256:2"}


@pytest.mark.parametrize(
    ("told", "error", "words"),
    [
        (EngineError("", "manifest unknown", status=404), InputError, "not in its registry"),
        (
            EngineError("", "unauthorized: authentication required", status=401),
            InputError,
            "docker login docker.io",
        ),
        (
            EngineError("", "pull access denied for web", status=404),
            InputError,
            "docker login docker.io",
        ),
        (
            EngineError("", "dial tcp: no such host", status=500),
            Unreachable,
            "unknown: docker.io says of 'web:1': dial",
        ),
        (EngineError("", "toomanyrequests", status=429), Unreachable, "toomanyrequests"),
        (Unreachable("engine", "read timed out"), Unreachable, "no answer within 20 s"),
    ],
)
def test_a_registry_that_keeps_its_images_is_not_one_that_is_dead(
    told: Exception, error: type[Exception], words: str
) -> None:
    facts = ask(Outside(told), ["web:1"])["registry web:1"].facts
    with pytest.raises(error, match=words):
        digest_or_refuse("image web:1", "web:1", facts, is_held=False)


def test_what_nobody_asked_has_no_answer() -> None:
    assert ask(Outside(), []) == {}
    assert answer({"image": {"web:1": Found("image", "web:1")}}, "web:1") is None


@pytest.mark.parametrize(
    ("wanted", "found", "same"),
    [
        ("linux/arm64", "linux/arm64/v8", True),
        ("linux/arm64/v8", "linux/arm64", False),
        ("linux/ARM64", "linux/arm64", True),
        ("linux", "linux/s390x", True),
        ("linux/arm", "linux/arm64", False),
        (None, "linux/arm64", True),
        ("linux/arm", None, False),
    ],
)
def test_platforms(wanted: str | None, found: str | None, same: bool) -> None:
    assert same_platform(wanted, found) is same


def test_a_platform_has_up_to_three_parts() -> None:
    assert platform({"Os": "linux", "Architecture": "arm64", "Variant": "v8"}) == "linux/arm64/v8"
    assert platform({"Os": "linux", "Architecture": "amd64"}) == "linux/amd64"


def test_build_arguments_without_a_value_are_not_given() -> None:
    assert read_args({"A": None, "B": 1, "C": ""}) == {"B": "1", "C": ""}
    assert read_args(["A=1=2"]) == {"A": "1=2"}


def test_hosts_are_the_same_in_every_spelling() -> None:
    told = ["a:192.0.2.1", "b:2001:db8::1"]
    assert read_hosts({"b": ["2001:db8::1"], "a": "192.0.2.1"}) == told
    assert read_hosts(["b=2001:db8::1", "a:192.0.2.1"]) == told


@pytest.mark.parametrize("label", [None, "", "no JSON", "[]"])
def test_a_label_that_tells_no_bases_tells_none(label: str | None) -> None:
    assert bases_in(None if label is None else {"slipway.bases": label}) == {}
    assert bases_in({"slipway.bases": json.dumps({"a": "b"})}) == {"a": "b"}
