# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine on a host of a few lines: a file a case, and runs that are killed at every touch."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
import yaml

from ansible_collections.slipway.docker.plugins.module_utils.core.converge import Settings, converge
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import SlipwayError
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import ALLOWED_BY_DEFAULT
from ansible_collections.slipway.docker.plugins.module_utils.core.report import Report
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import (
    ENGINE,
    apt,
    archive,
    environment,
    units,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.facts import CONFIG_PATH
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.wanted import (
    OPTIONS,
    engine,
)
from ansible_collections.slipway.docker.tests.unit.plugins.module_utils.core.world import Memory
from ansible_collections.slipway.docker.tests.unit.plugins.module_utils.kinds.engine.host import (
    SYSTEMD,
    Killed,
    Machine,
)

CASES = sorted((Path(__file__).parent / "cases").glob("*.yml"))
Story = t.Mapping[str, t.Any]


def names(path: Path) -> str:
    return path.stem


def settle(machine: Machine, memory: Memory, options: Story, check: bool = False) -> Report:
    """One run of the module, without the module."""
    given = {name: spec.get("default") for name, spec in OPTIONS.items()}
    consent = tuple(options.get("consent", ALLOWED_BY_DEFAULT))
    wanted = engine({**given, **{name: options[name] for name in options if name != "consent"}})
    settings = Settings(check_mode=check, consent=consent)
    return converge((ENGINE,), [wanted], machine.outside, memory, settings)


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
        for what, expected in run.get("then", {}).items():
            assert (what, looked(machine, what)) == (what, expected)


def meanwhile(machine: Machine, of: str, value: t.Any) -> None:
    """What somebody else did between two runs."""
    if of == "file":
        machine.files[CONFIG_PATH] = value.encode()
    elif of == "environment":
        machine.files[environment_file(machine)] = value.encode()
    elif of.startswith("/"):
        machine.files[of] = value.encode()
    elif of == "missing":
        del machine.links[value]
    elif of == "replaced":
        machine.archives.there[machine.links[archive.CURRENT]] = (value,)
    else:
        setattr(machine, of, value)


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


def environment_file(machine: Machine) -> str:
    """Where the engine's environment stands on this host."""
    has_systemd = machine.exists(SYSTEMD)
    return environment.DROP_IN if has_systemd else environment.DEFAULTS


def looked(machine: Machine, what: str) -> t.Any:
    """What a case asks of the host."""
    policy, kept = machine.files.get(apt.POLICY), machine.files.get(environment_file(machine))
    answers = {
        "config": machine.config,
        "mode": oct(machine.modes.get(CONFIG_PATH, 0)),
        "manager": machine.manager,
        "enabled": machine.enabled,
        "group": machine.group,
        "packages": sorted(machine.packages),
        "number": machine.number,
        "taken": None if machine.taken is None else machine.taken.decode(),
        "environment": None if kept is None else kept.decode(),
        "policy": None if policy is None else policy.decode(),
        "versions": sorted(machine.archives.there),
        "runs": machine.runs,
        "number of links": len(machine.links),
        "units": sorted(machine.units()),
        "has_data": machine.exists("/var/lib/docker/containers"),
    }
    return answers[what]


BEGINNINGS: dict[str, Story] = {
    "a bare host with systemd": {"accounts": ["deploy"]},
    "a bare host without systemd": {"accounts": ["deploy"], "systemd": False},
    "an engine with other settings": {
        "accounts": ["deploy"],
        "packages": {"docker.io": "1", "iptables": "1"},
        "manager": "systemd",
        "files": {CONFIG_PATH: '{"mtu": 1300, "debug": true}'},
    },
    "an engine that is only reloaded": {
        "accounts": ["deploy"],
        "packages": {"docker.io": "1"},
        "manager": "systemd",
        "files": {CONFIG_PATH: '{"mtu": 1400}'},
    },
}
GOAL: Story = {
    "config": {"debug": False, "mtu": 1400},
    "environment": {"MOOD": "calm"},
    "users": ["deploy"],
}


OLD, NEW = "a" * 64, "b" * 64
ARCHIVES: dict[str, Story] = {
    "a host without an engine": {"accounts": ["deploy"], "has_group": False},
    "a host without systemd": {"accounts": ["deploy"], "systemd": False, "archives": {OLD: []}},
    "the engine of another archive": {
        "accounts": ["deploy"],
        "packages": {"iptables": "1", "python3-docker": "1"},
        "manager": "systemd",
        "archives": {OLD: [], "c" * 64: []},
        "links": {archive.CURRENT: OLD, **archive.links()},
        "files": units.texts(archive.LINKED),
    },
}
ARCHIVED: Story = {
    **GOAL,
    "source": "archive",
    "archive": {"url": "https://mirror.test/docker.tgz", "checksum": "sha256:" + NEW},
}
BEGUN = [
    *((beginning, GOAL) for beginning in BEGINNINGS.values()),
    *((beginning, ARCHIVED) for beginning in ARCHIVES.values()),
]


def state(machine: Machine) -> t.Any:
    """What has to be the same, whatever happened on the way."""
    text = machine.files.get(CONFIG_PATH)
    return (
        machine.config,
        machine.files.get(environment_file(machine)),
        machine.taken == text,
        machine.manager,
        machine.group,
        set(machine.packages),
        machine.links,
        machine.units(),
        (machine.runs, machine.archives.there, machine.archives.left),
    )


@pytest.mark.parametrize(("beginning", "goal"), BEGUN, ids=[*BEGINNINGS, *ARCHIVES])
def test_a_run_that_is_killed_is_finished_by_the_next(beginning: Story, goal: Story) -> None:
    whole = Machine(beginning)
    assert settle(whole, Memory(), goal).failure() == ""
    assert len(whole.touches) > 3

    for fuse in range(len(whole.touches)):
        machine, memory = Machine(beginning), Memory()
        machine.fuse = fuse
        assert Killed.__name__ in settle(machine, memory, goal).failure()
        machine.fuse = float("inf")
        assert settle(machine, memory, goal).failure() == ""

        assert state(machine) == state(whole), whole.touches[fuse]
        assert settle(machine, memory, goal).plan.lines == []
        assert apt.POLICY not in machine.files


def test_a_killed_run_whose_settings_are_bad_is_undone_by_the_next() -> None:
    beginning = {**BEGINNINGS["an engine with other settings"], "sdk": True}
    wanted = {"config": {"bip": "deadly"}, "environment": {"MOOD": "bad"}}
    whole = Machine(beginning)
    assert "failed to start" in failure(whole, Memory(), wanted)

    for fuse in range(len(whole.touches)):
        machine, memory = Machine(beginning), Memory()
        machine.fuse = fuse
        failure(machine, memory, wanted)
        machine.fuse = float("inf")
        assert "failed to start" in failure(machine, memory, wanted), whole.touches[fuse]

        assert state(machine)[:4] == ({"mtu": 1300, "debug": True}, None, True, "systemd")


def test_a_killed_run_whose_archive_is_bad_is_undone_by_the_next() -> None:
    beginning = {**ARCHIVES["the engine of another archive"], "deadly": [NEW]}
    before = Machine(beginning)
    whole = Machine(beginning)
    assert "failed to start" in failure(whole, Memory(), ARCHIVED)

    for fuse in range(len(whole.touches)):
        machine, memory = Machine(beginning), Memory()
        machine.fuse = fuse
        failure(machine, memory, ARCHIVED)
        machine.fuse = float("inf")
        assert "failed to start" in failure(machine, memory, ARCHIVED), whole.touches[fuse]

        there = (machine.runs, machine.links[archive.CURRENT], machine.units(), machine.config)
        assert there == (OLD, OLD, before.units(), None), whole.touches[fuse]
