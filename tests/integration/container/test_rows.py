# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every row of the table: made with it, unchanged, changed, unchanged, taken out, unchanged."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import functools
import re
import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.core.kind import read
from ansible_collections.slipway.docker.plugins.module_utils.core.report import Report
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Resource
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container import CONTAINER
from tests.integration.container.ground import Ground, container
from tests.integration.container.rows import MADE_ONLY, REFUSED, ROWS, Case

WORKERS = 6


@dataclasses.dataclass(frozen=True)
class Phase:
    """What check mode told, what the run did, and what a second run still found to do."""

    told: list[str]
    report: Report
    left: list[str]

    @property
    def verbs(self) -> list[str]:
        return [step.verb for step in self.report.plan.steps]

    @property
    def fields(self) -> set[str]:
        """The rows that the run said had changed."""
        changes = (change for _kind, request in self.report.requests for change in request.changes)
        return {change.field.partition(".")[0] for change in changes}


@dataclasses.dataclass(frozen=True)
class Walk:
    """The phases of a row, or why this machine can't take it."""

    phases: t.Mapping[str, Phase]
    problem: str = ""


def walk(engine: Ground, name: str, case: Case) -> Walk:
    """One container through all phases."""
    state = "present" if name in MADE_ONLY else "started"
    phases: dict[str, Phase] = {}
    for phase, value in (("made", case.first), ("changed", case.other), ("removed", None)):
        fields = {"image": "ctr-base:1", **case.beside, name: value}
        if name == "image" and phase == "removed":
            fields["image"] = case.other
        wanted = container("row-" + name.replace("_", "-"), state, **fields)
        try:
            phases[phase] = run(engine, wanted)
        except InputError as error:
            return Walk(phases, str(error))
        if phases[phase].report.failed:
            return Walk(phases, phases[phase].report.failure())
    return Walk(phases)


def run(engine: Ground, wanted: Resource) -> Phase:
    told = engine.converge(wanted, check_mode=True).plan.lines
    report = engine.converge(wanted)
    left = [] if report.failed else engine.converge(wanted, check_mode=True).plan.lines
    return Phase(told, report, left)


@functools.lru_cache(maxsize=None)
def walks(engine: Ground) -> dict[str, Walk]:
    """All rows at once, since each takes the engine a second or two."""
    engine.clear()
    engine.image("other:1", "LABEL other=yes")
    engine.network("net1", IPAM={"Config": [{"Subnet": "10.213.0.0/24"}]})
    engine.network("net2")
    engine.volume("vol1")
    engine.volume("vol2")
    engine.run(
        container(
            "partner",
            image="ctr-base:1",
            networks=["ctr-net1"],
            volumes=["/shared"],
            ipc="shareable",
        )
    )
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        done = pool.map(lambda name: walk(engine, name, ROWS[name]), ROWS)
        return dict(zip(ROWS, done))


def row(engine: Ground, name: str) -> Walk:
    """The walk of a row; what the kernel or the engine can't take, the test says in its words."""
    found = walks(engine)[name]
    if found.problem and NOT_HERE.search(found.problem):
        pytest.skip("{0}: {1}".format(name, " ".join(found.problem.split())[:200]))
    assert not found.problem, found.problem
    return found


# What engines and kernels say of what they can't do at all; anything else is an error of ours.
NOT_HERE = re.compile(
    "discarded|needs API|does not support|not supported|no such device|select device driver"
    "|realtime|rt_period|rt_runtime|supported only for overlay over xfs|cgroup is not mounted"
)


def test_every_row_has_a_case() -> None:
    assert {field.name for field in CONTAINER.fields} == {*ROWS, *REFUSED}


@pytest.mark.parametrize("name", sorted(ROWS))
def test_a_second_run_changes_nothing(engine: Ground, name: str) -> None:
    for phase, seen in row(engine, name).phases.items():
        assert seen.left == [], phase


@pytest.mark.parametrize("name", sorted(ROWS))
def test_check_mode_tells_what_the_run_does(engine: Ground, name: str) -> None:
    for phase, seen in row(engine, name).phases.items():
        assert seen.report.plan.lines == seen.told, phase


@pytest.mark.parametrize("name", sorted(ROWS))
def test_a_change_names_its_row_alone_and_costs_what_it_should(engine: Ground, name: str) -> None:
    seen = row(engine, name).phases["changed"]
    expected = ROWS[name].change if ROWS[name].other is not None else ROWS[name].removal

    assert seen.fields == ({name} if expected else set())
    assert cost(seen) == expected


@pytest.mark.parametrize("name", sorted(ROWS))
def test_what_is_taken_out_gives_way_to_the_default(engine: Ground, name: str) -> None:
    seen = row(engine, name).phases["removed"]
    expected = ROWS[name].removal if ROWS[name].other is not None else ""

    assert seen.fields == ({name} if expected else set())
    assert cost(seen) == expected


def cost(phase: Phase) -> str:
    """The effect of a phase, by the verbs of its steps."""
    words = {verb.partition(" ")[0] for verb in phase.verbs}
    if words and words <= {"connect", "disconnect"}:
        return "reconnect"
    return (
        "recreate"
        if "recreate" in words
        else "update"
        if words == {"update"}
        else "".join(sorted(words))
    )


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_what_is_for_windows_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="container ctr-x.{0}: .*Windows".format(name)):
        read(CONTAINER, "container ctr-x", {name: REFUSED[name]})
