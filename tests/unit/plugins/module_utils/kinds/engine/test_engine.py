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
    environment,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.facts import CONFIG_PATH
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.ports import (
    files as ports,
)
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
    elif of == "rules":
        machine.filter.lines[4][:] = value
    elif of == "files":
        machine.files.update({path: text.encode() for path, text in value.items()})
    elif of == "gone":
        del machine.files[value]
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
        "rules": machine.filter.ours,
        "all_rules": machine.filter.lines[4],
        "watched": machine.exists(ports.RUNNING) and machine.exists(ports.ENABLED),
        "script": machine.exists(ports.SCRIPT),
        "kernel": {
            path: text.decode() for path, text in machine.files.items() if path.startswith(KEPT)
        },
        "mode": oct(machine.modes.get(CONFIG_PATH, 0)),
        "manager": machine.manager,
        "enabled": machine.enabled,
        "group": machine.group,
        "packages": sorted(machine.packages),
        "number": machine.number,
        "taken": None if machine.taken is None else machine.taken.decode(),
        "environment": None if kept is None else kept.decode(),
        "policy": None if policy is None else policy.decode(),
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
    "published_ports": {"allow": [{"ports": [443]}]},
    "kernel_modules": ["br_netfilter"],
    "sysctls": {"net.ipv4.ip_forward": 1},
}
FORWARDING = "/proc/sys/net/ipv4/ip_forward"


KEPT = ("/proc/sys/", "/sys/module/", "/etc/sysctl.d/", "/etc/modules-load.d/")


def with_kernel(beginning: Story) -> Story:
    """The same host, whose kernel has what the goal asks of it."""
    files = {**beginning.get("files", {}), FORWARDING: "0\n"}
    return {**beginning, "files": files, "loadable": ["br_netfilter"]}


def state(machine: Machine) -> t.Any:
    """What has to be the same, whatever happened on the way."""
    text = machine.files.get(CONFIG_PATH)
    return (
        machine.config,
        machine.files.get(environment_file(machine)),
        machine.filter.lines,
        machine.files.get(ports.ENABLED),
        {path: text for path, text in machine.files.items() if path.startswith(KEPT)},
        machine.taken == text,
        machine.manager,
        machine.group,
        set(machine.packages),
    )


@pytest.mark.parametrize("beginning", map(with_kernel, BEGINNINGS.values()), ids=list(BEGINNINGS))
def test_a_run_that_is_killed_is_finished_by_the_next(beginning: Story) -> None:
    whole = Machine(beginning)
    assert settle(whole, Memory(), GOAL).failure() == ""
    assert len(whole.touches) > 3

    for fuse in range(len(whole.touches)):
        machine, memory = Machine(beginning), Memory()
        machine.fuse = fuse
        assert Killed.__name__ in settle(machine, memory, GOAL).failure()
        machine.fuse = float("inf")
        finished = settle(machine, memory, GOAL)

        assert (finished.failure(), finished.result()["drift"]) == ("", [])
        assert state(machine) == state(whole), whole.touches[fuse]
        assert settle(machine, memory, GOAL).plan.lines == []
        assert apt.POLICY not in machine.files


def test_rules_that_are_mended_by_a_killed_run_are_nobodys_drift_twice() -> None:
    beginning = with_kernel(BEGINNINGS["an engine with other settings"])

    def flushed() -> tuple[Machine, Memory]:
        machine, memory = Machine(beginning), Memory()
        settle(machine, memory, GOAL)
        machine.filter.remove()
        machine.touches.clear()
        return machine, memory

    whole, memory = flushed()
    assert settle(whole, memory, GOAL).result()["drift"] != []
    for fuse in range(1, len(whole.touches)):
        machine, memory = flushed()
        machine.fuse = fuse
        settle(machine, memory, GOAL)
        machine.fuse = float("inf")
        finished = settle(machine, memory, GOAL)

        assert (finished.failure(), finished.result()["drift"]) == ("", [])
        assert state(machine) == state(whole), whole.touches[fuse]


def test_a_removal_that_is_killed_is_finished_by_the_next() -> None:
    beginning = with_kernel(BEGINNINGS["an engine with other settings"])

    def prepared() -> tuple[Machine, Memory]:
        machine, memory = Machine(beginning), Memory()
        assert settle(machine, memory, GOAL).failure() == ""
        machine.touches.clear()
        return machine, memory

    whole, memory = prepared()
    assert settle(whole, memory, {"state": "absent"}).failure() == ""
    for fuse in range(len(whole.touches)):
        machine, memory = prepared()
        machine.fuse = fuse
        settle(machine, memory, {"state": "absent"})
        machine.fuse = float("inf")
        assert settle(machine, memory, {"state": "absent"}).failure() == ""

        assert state(machine) == state(whole), whole.touches[fuse]
        assert machine.filter.ours == []
        assert not any("slipway-docker" in path for path in machine.files)


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

        assert state(machine)[:2] == ({"mtu": 1300, "debug": True}, None)
        assert state(machine)[5:7] == (True, "systemd")
