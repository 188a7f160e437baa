# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Logins are those that the client wrote, under the names that the engine looks for."""

from __future__ import annotations

import base64
import json
import pathlib
import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.outside import logins


@pytest.fixture
def configuration(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """The client's configuration file."""
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    return tmp_path / "config.json"


def entry(user: str, password: str) -> dict[str, str]:
    return {"auth": base64.b64encode(f"{user}:{password}".encode()).decode()}


def told(headers: t.Mapping[str, str], name: str) -> t.Any:
    return json.loads(base64.urlsafe_b64decode(headers[name]))


def test_each_registry_is_shown_its_own_login(configuration: pathlib.Path) -> None:
    keys = {
        "https://index.docker.io/v1/": entry("a", "1"),
        "here:5000": entry("b", "2:3"),
        "https://there/v1/": entry("c", "4"),
    }
    configuration.write_text(json.dumps({"auths": keys}))
    known = logins.read()
    for registry, user, password in (
        ("docker.io", "a", "1"),
        ("here:5000", "b", "2:3"),
        ("there", "c", "4"),
    ):
        shown = told(known.for_registry(registry), "X-Registry-Auth")
        assert (shown["username"], shown["password"]) == (user, password)
    assert known.for_registry("elsewhere") == {}
    assert sorted(told(known.for_all(), "X-Registry-Config")) == [
        "here:5000",
        "https://index.docker.io/v1/",
        "there",
    ]


def test_a_token_is_passed_on(configuration: pathlib.Path) -> None:
    configuration.write_text(json.dumps({"auths": {"here": {"identitytoken": "t"}, "empty": {}}}))
    assert told(logins.read().for_registry("here"), "X-Registry-Auth") == {
        "identitytoken": "t",
        "serveraddress": "here",
    }
    assert logins.read().for_registry("empty") == {}


@pytest.mark.parametrize("text", [None, "{}", '{"auths": {}}', '{"auths": null}'])
def test_no_login_is_no_header(configuration: pathlib.Path, text: str | None) -> None:
    if text is not None:
        configuration.write_text(text)
    assert logins.read().for_all() == {}


@pytest.mark.parametrize("text", ["{", "[]", '{"auths": {"a": {"auth": "!"}}}', '{"auths": ["a"]}'])
def test_a_broken_configuration_is_told_with_its_path(
    configuration: pathlib.Path, text: str
) -> None:
    configuration.write_text(text)
    with pytest.raises(InputError, match=f"^{configuration}: "):
        logins.read()
