# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is left of an engine that died is ended, and subordinate ids are given where some are free."""

from __future__ import annotations

import types
import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import StepError
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import orphans, remapping
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.remapping import SUBUID
from ansible_collections.slipway.docker.plugins.module_utils.outside.programs import Ran
from ansible_collections.slipway.docker.tests.unit.plugins.module_utils.kinds.engine.host import (
    Machine,
)

SYSTEM = orphans.SOCKETS[0]


def ended(sockets: t.Sequence[str], listed: Ran) -> list[str]:
    """The commands that end something."""
    ran: list[str] = []

    def run(command: t.Sequence[str]) -> Ran:
        ran.append(" ".join(command))
        return listed if "list" in command else Ran(0, "", "")

    orphans.end(types.SimpleNamespace(run=run, exists=lambda path: path in sockets))
    return [command for command in ran if "delete" in command]


def test_containers_of_an_engine_that_died_are_ended() -> None:
    client = "ctr --address {0} --namespace moby ".format(SYSTEM)

    assert ended([SYSTEM], Ran(0, "a1\nb2\n", "")) == [
        client + "tasks delete --force a1",
        client + "tasks delete --force b2",
        client + "containers delete a1",
        client + "containers delete b2",
    ]


def test_where_nothing_tells_of_containers_none_are_ended() -> None:
    assert ended([], Ran(0, "a1\n", "")) == []
    assert ended([SYSTEM], Ran(127, "", "no such program")) == []


def add(machine: Machine) -> None:
    lacks = ("{0} of app".format(SUBUID),)
    payload = {"user": "app", "group": "app", "lacks": lacks}
    remapping.add_ranges(
        machine.outside, Step("add-ranges", "engine", "docker", "", payload=payload)
    )


@pytest.mark.parametrize(
    ("there", "start"),
    [
        ("", 100000),
        ("deploy:100000:65536\n", 165536),
        ("low:1000:10\n", 100000),
        ("b:200000:5\na:100000:9\n# odd\nodd:x:y\n", 200005),
    ],
)
def test_a_range_begins_behind_all_others(there: str, start: int) -> None:
    machine = Machine({"files": {SUBUID: there}})
    add(machine)

    assert machine.files[SUBUID].decode() == "{0}app:{1}:65536\n".format(there, start)


def test_no_ids_that_are_free_are_told() -> None:
    with pytest.raises(StepError, match="no 65536 ids are free.*give app a range by hand"):
        add(Machine({"files": {SUBUID: "all:100000:4294860000\n"}}))
