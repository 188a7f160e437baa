# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Storages on a host of a few lines: a file a case, and runs that are killed at every touch."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
import yaml

from ansible_collections.slipway.docker.plugins.module_utils.core.converge import Settings, converge
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import SlipwayError
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import ALLOWED_BY_DEFAULT
from ansible_collections.slipway.docker.plugins.module_utils.core.report import Report
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage import STORAGE, facts
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage.told import told, warned
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage.wanted import (
    STORAGE as OPTIONS,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage.wanted import (
    storages,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.volume import VOLUME
from ansible_collections.slipway.docker.tests.unit.plugins.module_utils.core.world import Memory
from ansible_collections.slipway.docker.tests.unit.plugins.module_utils.kinds.storage.host import (
    Killed,
    Machine,
)

CASES = sorted((Path(__file__).parent / "cases").glob("*.yml"))
Story = t.Mapping[str, t.Any]
SSHFS: Story = {
    "name": "app",
    "driver": "sshfs",
    "source": {"server": "nas", "path": "/export", "user": "app", "host_keys": ["ssh-ed25519 A"]},
    "secret": {"key": "the key"},
    "create_subdir": {"owner": 0, "group": 0, "mode": "0750"},
}
BIND: Story = {"name": "app", "driver": "bind", "source": {"path": "/mnt/nas"}}
# What a case may begin with, so that it says only what it is about.
BASES: dict[str, Story] = {"sshfs": SSHFS, "bind": BIND, "gone": {"name": "app", "state": "absent"}}


def names(path: Path) -> str:
    return path.stem


def complete(given: Story) -> dict[str, t.Any]:
    """A storage as Ansible hands it over."""
    said = {**BASES.get(given.get("base", ""), {}), **given}
    said = {name: value for name, value in said.items() if name != "base"}
    assert set(said) <= set(OPTIONS)
    return {**{name: spec.get("default") for name, spec in OPTIONS.items()}, **said}


def settle(machine: Machine, memory: Memory, run: Story, check: bool = False) -> Report:
    """One run of the module, without the module."""
    wanted = storages({"storages": [complete(each) for each in run["storages"]]})
    consent = tuple(run.get("consent", ALLOWED_BY_DEFAULT))
    settings = Settings(check_mode=check, consent=consent)
    return warned(converge((VOLUME, STORAGE), wanted, machine.outside, memory, settings))


def failure(machine: Machine, memory: Memory, run: Story) -> str:
    """Why a run failed."""
    try:
        return settle(machine, memory, run).failure()
    except SlipwayError as error:
        return str(error)


@pytest.mark.parametrize("path", CASES, ids=names)
def test_case(path: Path) -> None:
    story = yaml.safe_load(path.read_text())
    machine, memory = Machine(story.get("host", {})), Memory()
    for run in story["runs"]:
        for what, value in run.get("meanwhile", {}).items():
            MEANWHILE[what](machine, value)
        if "error" in run:
            refused(machine, memory, run)
        else:
            converged(machine, memory, run)
        for what, expected in run.get("then", {}).items():
            assert (what, LOOKED[what](machine)) == (what, expected)


def converged(machine: Machine, memory: Memory, run: Story) -> None:
    """Check mode, the run and the run after it."""
    foreseen = settle(machine, memory, run, check=True)
    assert machine.touches == []
    report = settle(machine, memory, run)

    assert (report.failure(), report.plan.lines) == ("", run["plan"])
    assert foreseen.plan.lines == run["plan"]
    assert settle(machine, memory, run).plan.lines == []
    assert settle(machine, memory, run).result()["drift"] == []
    assert "the key" not in str(report.result())
    if "warning" in run:
        assert run["warning"] in " ".join(report.warnings)
    if "stale" in run:
        assert [each["stale_containers"] for each in told(report)] == [run["stale"]]
    machine.touches.clear()


def refused(machine: Machine, memory: Memory, run: Story) -> None:
    """A run that fails; without `touches` it must not have touched anything."""
    why = failure(machine, memory, run)

    for part in [run["error"]] if isinstance(run["error"], str) else run["error"]:
        assert part in why
    assert bool(machine.touches) == bool(run.get("touches")), machine.touches
    machine.touches.clear()


def _edit(machine: Machine, edits: Story) -> None:
    for path, (old, new) in edits.items():
        text = machine.files[path].decode()
        assert old in text
        machine.files[path] = text.replace(old, new).encode()


MEANWHILE: dict[str, t.Callable[[Machine, t.Any], t.Any]] = {
    "shares": lambda machine, value: [
        machine.shares.setdefault(each, {}).update(news) for each, news in value.items()
    ],
    "swapped": lambda machine, value: machine.shares.update(value),
    "mount": lambda machine, value: machine.mount(**value),
    "unmount": lambda machine, value: machine.unmount(value),
    "containers": lambda machine, value: setattr(machine, "containers", value),
    "edit": _edit,
    "files": lambda machine, value: machine.files.update(
        {path: text.encode() for path, text in value.items()}
    ),
    "modes": lambda machine, value: machine.modes.update(value),
    "directories": lambda machine, value: machine.directories.update(value),
    "disabled": lambda machine, value: machine.enabled.discard(value),
    "litter": lambda machine, value: machine.litter.update(value),
    "volumes": lambda machine, value: machine.volumes.update(value),
    "story": lambda machine, value: setattr(machine, "story", value),
}
LOOKED: dict[str, t.Callable[[Machine], t.Any]] = {
    "mounts": lambda machine: sorted(
        "{0} at {1}".format(each.source, each.point) for each in machine.mounts[1:]
    ),
    "shares": lambda machine: machine.shares,
    "marked": lambda machine: {
        source: facts.MARKER in share for source, share in sorted(machine.shares.items())
    },
    "volumes": lambda machine: {
        name: volume["Options"] for name, volume in machine.volumes.items()
    },
    "files": lambda machine: sorted(machine.files),
    "secret_modes": lambda machine: sorted(
        {oct(mode) for path, mode in machine.modes.items() if path.startswith(facts.SECRETS)}
    ),
    "guards": lambda machine: {path: oct(mode) for path, mode in machine.directories.items()},
    "running": lambda machine: [
        each["name"] for each in machine.containers if each.get("state", "running") == "running"
    ],
    "enabled": lambda machine: sorted(machine.enabled),
}

BEGINNINGS: dict[str, tuple[Story, list[Story]]] = {
    "a bare host": ({"packages": [], "shares": {"app@nas:/export": {}}}, []),
    "another share": (
        {"shares": {"app@nas:/export": {}, "app@nas:/old": {"directories": ["data"]}}},
        [{**SSHFS, "source": {**SSHFS["source"], "path": "/old"}}],
    ),
    "another driver": (
        {"shares": {"app@nas:/export": {}, "/mnt/nas": {"directories": ["data"]}}},
        [BIND],
    ),
    "another directory": (
        {"shares": {"app@nas:/export": {}}},
        [{**SSHFS, "subdir": "elsewhere"}],
    ),
    "a running container": (
        {
            "shares": {"app@nas:/export": {}},
            "containers": [{"name": "web", "volume": "app"}],
        },
        [{**SSHFS, "mount": {"ServerAliveInterval": 30}}],
    ),
}
GOAL: Story = {"storages": [{**SSHFS, "replace": "stop_containers", "required": True}]}
GONE: Story = {"storages": [{"name": "app", "state": "absent"}]}
PURGED: Story = {
    "storages": [{"name": "app", "state": "absent", "purge": "app"}],
    "consent": ["restart", "destroy"],
}


def state(machine: Machine) -> t.Any:
    """What has to be the same, whatever happened on the way."""
    looked = ("mounts", "marked", "volumes", "files", "guards", "running", "enabled")
    return [LOOKED[what](machine) for what in looked], machine.shares, machine.files


def begun(name: str) -> tuple[Machine, Memory]:
    """A host as a beginning has it."""
    story, before = BEGINNINGS[name]
    machine, memory = Machine({**story, "containers": []}), Memory()
    if before:
        assert settle(machine, memory, {"storages": before}).failure() == ""
    machine.containers = [dict(each) for each in story.get("containers", ())]
    machine.touches.clear()
    return machine, memory


@pytest.mark.parametrize("beginning", BEGINNINGS)
@pytest.mark.parametrize("goal", [GOAL, GONE, PURGED], ids=["there", "gone", "purged"])
def test_a_run_that_is_killed_is_finished_by_the_next(beginning: str, goal: Story) -> None:
    whole, memory = begun(beginning)
    if goal is not GOAL:
        whole.containers = []
    assert settle(whole, memory, goal).failure() == ""
    if goal is GOAL:
        assert len(whole.touches) > 3

    for fuse in range(len(whole.touches)):
        machine, memory = begun(beginning)
        if goal is not GOAL:
            machine.containers = []
        machine.fuse = fuse
        assert Killed.__name__ in settle(machine, memory, goal).failure()
        machine.fuse = float("inf")
        assert settle(machine, memory, goal).failure() == "", whole.touches[fuse]

        assert state(machine) == state(whole), whole.touches[fuse]
        assert settle(machine, memory, goal).plan.lines == []


@pytest.mark.parametrize("beginning", ["another share", "another driver"])
def test_a_share_that_can_not_be_mounted_leaves_the_old_one_mounted(beginning: str) -> None:
    machine, memory = begun(beginning)
    machine.shares["app@nas:/export"] = {"state": "refuses"}
    before = LOOKED["mounts"](machine), dict(machine.files)

    assert "Connection reset by peer" in settle(machine, memory, GOAL).failure()

    assert (LOOKED["mounts"](machine), machine.files) == before


@pytest.mark.parametrize("touch", range(12))
def test_no_secret_is_anywhere_but_in_files_of_root(touch: int) -> None:
    machine, memory = begun("a bare host")
    machine.fuse = touch
    told_then = str(settle(machine, memory, GOAL).result())

    assert "the key" not in told_then
    with_key = {path for path, data in machine.files.items() if b"the key" in data}
    assert with_key <= {"/etc/slipway/storage/app/key"}
    assert all(machine.modes[path] == 0o600 for path in with_key)
