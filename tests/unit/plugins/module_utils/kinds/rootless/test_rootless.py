# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Engines of users on a host of a few lines: a file a case, and runs that are killed at every touch."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
import yaml

from ansible_collections.slipway.docker.plugins.module_utils.core.converge import Settings, converge
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import SlipwayError
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import ALLOWED_BY_DEFAULT
from ansible_collections.slipway.docker.plugins.module_utils.core.report import Report
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Resource
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.wanted import OPTIONS
from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless import ROOTLESS
from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless.wanted import (
    SUBOPTIONS,
    engines,
    seen,
)
from ansible_collections.slipway.docker.tests.unit.plugins.module_utils.core.world import Memory
from ansible_collections.slipway.docker.tests.unit.plugins.module_utils.kinds.rootless.host import (
    Killed,
    Machine,
)

CASES = sorted((Path(__file__).parent / "cases").glob("*.yml"))
Story = t.Mapping[str, t.Any]


def names(path: Path) -> str:
    return path.stem


def wanted(options: Story) -> list[Resource]:
    """The users' engines that options declare; `options` is of one user, or a list as `rootless`."""
    defaults = {name: spec.get("default") for name, spec in OPTIONS.items()}
    mine = {name: spec.get("default") for name, spec in SUBOPTIONS.items()}
    one = {name: value for name, value in options.items() if name not in ("consent", "rootless")}
    users = options.get("rootless", [one])
    declared = [{**mine, "user": "ada", **user} for user in users]
    made = engines({**defaults, "rootless": declared})
    return [each for each in made if each.kind == "rootless"]


def settle(machine: Machine, memory: Memory, options: Story, check: bool = False) -> Report:
    """One run of the module, without the module and without the host's own engine."""
    consent = tuple(options.get("consent", ALLOWED_BY_DEFAULT))
    settings = Settings(check_mode=check, consent=consent)
    return converge((ROOTLESS,), wanted(options), machine.outside, memory, settings)


def failure(machine: Machine, memory: Memory, options: Story) -> str:
    """Why a run failed."""
    try:
        return settle(machine, memory, options).failure()
    except SlipwayError as error:
        return str(error)


@pytest.mark.parametrize("path", CASES, ids=names)
def test_case(path: Path) -> None:
    story = yaml.safe_load(path.read_text())
    machine, memory = Machine(story.get("host", {})), Memory()
    for run in story["runs"]:
        for of, value in run.get("meanwhile", {}).items():
            meanwhile(machine, of, value)
        options = run.get("options", {})
        if "error" in run:
            refused(machine, memory, options, run)
        else:
            converged(machine, memory, options, run["plan"])
        looked = machine.looked() if "then" in run else {}
        for what, expected in run.get("then", {}).items():
            assert (what, looked[what]) == (what, expected)


def meanwhile(machine: Machine, of: str, value: t.Any) -> None:
    """What somebody else did between two runs: a file of ada's home or of the system, or her engine stopped."""
    user = machine.users["ada"]
    if of == "stopped":
        user.taken = None
    elif of == "containers":
        user.containers = value
    else:
        files = user.files if of.startswith("/home/") else machine.files
        if value is None:
            files.pop(of)
        else:
            files[of] = (
                files.get(of, b"") + value[1:].encode() if value[0] == "+" else value.encode()
            )


def converged(machine: Machine, memory: Memory, options: Story, plan: list[str]) -> None:
    """Check mode, the run and the run after it."""
    foreseen = settle(machine, memory, options, check=True)
    assert machine.touches == []
    report = settle(machine, memory, options)

    assert (report.failure(), report.plan.lines) == ("", plan)
    assert foreseen.plan.lines == plan
    assert settle(machine, memory, options).plan.lines == []
    machine.touches.clear()


def refused(machine: Machine, memory: Memory, options: Story, run: Story) -> None:
    """A run that fails; without `touches` it must not have touched anything."""
    told = failure(machine, memory, options)

    for part in [run["error"]] if isinstance(run["error"], str) else run["error"]:
        assert part in told
    assert bool(machine.touches) == bool(run.get("touches"))
    machine.touches.clear()


def test_what_was_found_is_told_where_nothing_was_done() -> None:
    machine, memory = Machine(IDS), Memory()
    settle(machine, memory, GOAL)

    report = settle(machine, memory, GOAL)
    machine.users["ada"].taken = None

    assert seen(machine.outside, report, "ada").runs
    assert seen(machine.outside, settle(machine, memory, GOAL), "ada").runs


IDS = {"files": {"/etc/subuid": "ada:100000:65536\n", "/etc/subgid": "ada:100000:65536\n"}}
GOAL: Story = {"config": {"debug": False, "mtu": 1400}, "environment": {"A": "b"}}
# What a host has before the run that is killed, and what was declared there before.
BEGINNINGS: dict[str, tuple[Story, Story | None]] = {
    "a user without anything": ({}, None),
    "a user with subordinate ids": (IDS, None),
    "an engine with other settings": (IDS, {"config": {"mtu": 1300}}),
    "an engine that is only reloaded": (IDS, {**GOAL, "config": {"mtu": 1400}}),
}


def begun(beginning: tuple[Story, Story | None]) -> tuple[Machine, Memory]:
    """The host as a run finds it."""
    story, before = beginning
    machine, memory = Machine(story), Memory()
    if before is not None:
        assert settle(machine, memory, before).failure() == ""
    machine.touches.clear()
    return machine, memory


def state(machine: Machine) -> dict[str, t.Any]:
    """What has to be the same, whatever happened on the way."""
    looked = machine.looked()
    del looked["number"]
    return looked


@pytest.mark.parametrize("beginning", BEGINNINGS.values(), ids=list(BEGINNINGS))
def test_a_run_that_is_killed_is_finished_by_the_next(
    beginning: tuple[Story, Story | None],
) -> None:
    whole, memory = begun(beginning)
    assert settle(whole, memory, GOAL).failure() == ""
    assert len(whole.touches) > 2

    for fuse in range(len(whole.touches)):
        machine, memory = begun(beginning)
        machine.fuse = fuse
        assert Killed.__name__ in settle(machine, memory, GOAL).failure()
        machine.fuse = float("inf")
        assert settle(machine, memory, GOAL).failure() == ""

        assert state(machine) == state(whole), whole.touches[fuse]
        assert settle(machine, memory, GOAL).plan.lines == []


@pytest.mark.parametrize(
    "bad", [{"config": {"cgroup-parent": "deadly"}}, {"environment": {"A": "deadly"}}]
)
def test_a_killed_run_whose_settings_are_bad_is_undone_by_the_next(bad: Story) -> None:
    beginning = BEGINNINGS["an engine with other settings"]
    whole, memory = begun(beginning)
    good = state(whole)
    assert "failed to start" in failure(whole, memory, bad)
    assert state(whole) == good

    for fuse in range(len(whole.touches)):
        machine, memory = begun(beginning)
        machine.fuse = fuse
        failure(machine, memory, bad)
        machine.fuse = float("inf")
        assert "failed to start" in failure(machine, memory, bad), whole.touches[fuse]

        assert state(machine) == good, whole.touches[fuse]


def test_a_killed_removal_is_finished_by_the_next() -> None:
    gone = {"state": "absent", "remove_data": True, "consent": ["destroy"]}
    whole, memory = begun(({}, GOAL))
    assert settle(whole, memory, gone).failure() == ""

    for fuse in range(len(whole.touches)):
        machine, memory = begun(({}, GOAL))
        machine.fuse = fuse
        assert Killed.__name__ in settle(machine, memory, gone).failure()
        machine.fuse = float("inf")
        assert settle(machine, memory, gone).failure() == ""

        assert state(machine) == state(whole), whole.touches[fuse]
        assert settle(machine, memory, gone).plan.lines == []
