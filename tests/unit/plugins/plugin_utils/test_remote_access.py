# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The option of the remote API, as the controller reads it."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.plugin_utils.remote_access import (
    RemoteAccess,
    read,
)


def access(folder: Path, given: t.Any, host: str = "web1") -> RemoteAccess:
    return RemoteAccess(read(given), host, [host, "10.0.0.5"], str(folder / "ca"))


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({}, ("web1", "10.0.0.5")),
        ({"address": "[::]"}, ("web1", "10.0.0.5")),
        ({"address": "10.0.0.5"}, ("web1", "10.0.0.5")),
        ({"names": ["a.test", "a.test"]}, ("a.test",)),
        ({"names": ["a.test"], "address": "10.1.0.5"}, ("a.test", "10.1.0.5")),
    ],
)
def test_a_host_has_the_names_that_clients_reach_it_by(
    tmp_path: Path, given: t.Any, names: tuple[str, ...]
) -> None:
    assert access(tmp_path, given).subject.names == names


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"prot": 1}, "prot"),
        ({"port": "many"}, "many"),
        ("yes", "dict"),
        ({"names": ["a b"]}, "remote_api.names: found 'a b'; accepted are DNS names"),
        ({"clients": [".."]}, "remote_api.clients: found '..'; accepted are letters"),
        ({"clients": [""]}, "remote_api.clients: found ''"),
        ({"valid_days": 10}, "remote_api.renew_before_days: found 30, with certificates for 10"),
    ],
)
def test_what_can_not_be_is_refused_before_anything_is_asked(
    tmp_path: Path, given: t.Any, told: str
) -> None:
    with pytest.raises(InputError) as refused:
        access(tmp_path, given)

    assert told in str(refused.value)
    assert str(refused.value).startswith("engine docker.remote_api")


def test_check_mode_tells_what_the_run_does_and_leaves_no_trace(tmp_path: Path) -> None:
    given = {"clients": ["ci"]}
    first, foreseen = access(tmp_path, given), access(tmp_path, given).equip(check_mode=True)
    assert list(tmp_path.iterdir()) == []

    first.issue()

    assert first.equip(check_mode=False) == foreseen
    assert foreseen == [
        "make authority {0}: not found".format(tmp_path / "ca"),
        "issue client certificate ci: not found",
    ]
    assert access(tmp_path, given).equip(check_mode=False) == []
    assert access(tmp_path, given).equip(check_mode=True) == []
