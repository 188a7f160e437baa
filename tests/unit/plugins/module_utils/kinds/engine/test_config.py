# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""daemon.json: what is ours changes, what is foreign stays as it is."""

from __future__ import annotations

import json

from ansible_collections.slipway.docker.plugins.module_utils.core.diff import Change
from ansible_collections.slipway.docker.plugins.module_utils.core.field import Effect
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import config
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.facts import ConfigFile


def file(values: object) -> ConfigFile:
    return config.parse(json.dumps(values).encode(), 0o644)


def test_a_file_that_is_not_there_holds_nothing() -> None:
    assert not config.parse(None, None).values
    assert not config.parse(None, None).problem


def test_an_empty_file_holds_nothing() -> None:
    assert not config.parse(b" \n", 0o600).problem


def test_text_that_is_no_json_is_a_problem() -> None:
    assert "isn't JSON" in str(config.parse(b"{not json", 0o644).problem)


def test_json_that_is_no_mapping_is_a_problem() -> None:
    assert "list" in str(file([1]).problem)


def test_foreign_keys_stay() -> None:
    merged = config.merged(file({"default-runtime": "nvidia", "debug": False}), {"debug": True}, ())

    assert merged == {"default-runtime": "nvidia", "debug": True}


def test_our_keys_that_nobody_wants_any_more_go() -> None:
    change = Change("debug", "True", None, Effect.RELOAD)

    gone = config.removed([change])

    assert gone == {"debug"}
    assert config.merged(file({"debug": True, "mtu": 1400}), {}, gone) == {"mtu": 1400}


def test_nothing_left_is_no_file() -> None:
    assert config.render({}) is None


def test_a_file_that_holds_a_password_is_not_for_the_world() -> None:
    text = '{"proxies": {"http-proxy": "http://me:secret@proxy:3128"}}'

    assert config.mode(file({}), text) == 0o640
    assert config.mode(file({}), "{}") == 0o644
