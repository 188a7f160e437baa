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
    notes,
    remote_api,
    repository,
    units,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.certificate import (
    directory,
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
from ansible_collections.slipway.docker.tests.unit.plugins.module_utils.kinds.engine.carried import (
    contents,
    issued,
)
from ansible_collections.slipway.docker.tests.unit.plugins.module_utils.kinds.engine.host import (
    KEYS,
    SYSTEMD,
    Killed,
    Machine,
)

LAYOUT = repository.LAYOUTS["apt"]
VERSIONED = ("docker.io", "docker-cli", "docker-ce", "docker-ce-cli")
HELD = "/var/lib/docker/image/{0}"
CASES = sorted((Path(__file__).parent / "cases").glob("*.yml"))
Story = t.Mapping[str, t.Any]


def names(path: Path) -> str:
    return path.stem


def settle(machine: Machine, memory: Memory, options: Story, check: bool = False) -> Report:
    """One run of the module, without the module."""
    given = {name: spec.get("default") for name, spec in OPTIONS.items()}
    consent = tuple(options.get("consent", ALLOWED_BY_DEFAULT))
    chosen = {name: options[name] for name in options if name != "consent"}
    wanted = engine({**given, **chosen, **certified(machine, options)})
    settings = Settings(check_mode=check, consent=consent, parcels=machine.carried.digests)
    return converge((ENGINE,), [wanted], machine.outside, memory, settings)


def certified(machine: Machine, options: Story) -> Story:
    """The options with what the controller adds: the certificate that it issued, and why it has to come."""
    if "remote_api" not in options:
        return {}
    return {"_certificate": "{0} new (a reason)".format(issued(machine.carried.issue))}


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
    elif of == "issue":
        machine.carried.issue = value
    elif of == "environment":
        machine.files[environment_file(machine)] = value.encode()
    elif of == "files_gone":
        for path in value:
            del machine.files[path]
    elif of == "offline":
        machine.offline = value
    elif of == "rules":
        machine.filter.lines[4][:] = value
    elif of == "files":
        machine.files.update({path: as_bytes(text) for path, text in value.items()})
    elif of.startswith("/"):
        machine.files[of] = value.encode()
    elif of == "missing":
        del machine.links[value]
    elif of == "replaced":
        machine.archives.there[machine.links[archive.CURRENT]] = (value,)
    elif of == "gone":
        del machine.files[value]
    else:
        setattr(machine, of, value)


def as_bytes(text: t.Any) -> bytes:
    """What a case says that a file holds."""
    return text if isinstance(text, bytes) else str(text).encode()


def converged(machine: Machine, memory: Memory, options: Story, plan: list[str]) -> None:
    """Check mode, the run and the run after it."""
    foreseen = settle(machine, memory, options, check=True)
    assert machine.touches == []
    report = settle(machine, memory, options)

    assert (report.failure(), report.plan.lines) == ("", plan)
    assert (foreseen.plan.lines, foreseen.fingerprints) == (plan, report.fingerprints)
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


def slots(machine: Machine) -> dict[str, str]:
    """Which issue each slot of certificates holds."""
    keys = {path: data for path, data in machine.files.items() if path.endswith("/key.pem")}
    return {path.split("/")[-2]: data.decode().split()[-1] for path, data in keys.items()}


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
        "runs": machine.version or machine.runs,
        "archives": sorted(machine.archives.there),
        "number of links": len(machine.links),
        "units": sorted(machine.own_units()),
        "held": machine.held,
        "versions": [each for name, each in machine.packages.items() if name in VERSIONED],
        "source": text_of(machine, LAYOUT.source),
        "key": named(text_of(machine, LAYOUT.key)),
        "policy": None if policy is None else policy.decode(),
        "way_in": machine.files.get(remote_api.path(machine.exists(SYSTEMD)), b"").decode(),
        "slots": slots(machine),
        "listening": machine.listening,
        "has_data": machine.exists("/var/lib/docker/containers"),
        "accounts": [machine.accounts, machine.groups],
        "subuid": (machine.files.get("/etc/subuid") or b"").decode(),
        "old": sorted(machine.below("/var/lib/docker/")),
        "new": sorted(machine.below("/srv/docker/")),
    }
    return answers[what]


def text_of(machine: Machine, path: str) -> str | None:
    """What a file says."""
    data = machine.files.get(path)
    return None if data is None else data.decode()


def named(text: str | None) -> str | None:
    """The name of the key whose text this is."""
    return next((path.name for path in KEYS.iterdir() if path.read_text() == text), text)


LISTENING = {
    **{directory("a") + "/" + name: data.decode() for name, data in contents("old").items()},
    remote_api.DROP_IN: remote_api.render_drop_in(
        "/usr/sbin/dockerd -H fd:// $DOCKER_OPTS", "a", {"address": "0.0.0.0", "port": 2376}
    ),
}
BEGINNINGS: dict[str, Story] = {
    "a bare host with systemd": {"accounts": ["deploy"]},
    "a bare host without systemd": {"accounts": ["deploy"], "systemd": False},
    "an engine with other settings": {
        "accounts": ["deploy"],
        "packages": {"docker.io": "1", "iptables": "1"},
        "manager": "systemd",
        "files": {CONFIG_PATH: '{"mtu": 1300, "debug": true}'},
    },
    "an engine without remapped users": {
        "accounts": ["deploy"],
        "packages": {"docker.io": "1"},
        "files": {CONFIG_PATH: '{"mtu": 1400}', "/etc/subuid": "deploy:100000:65536\n"},
    },
    "an engine that is only reloaded": {
        "accounts": ["deploy"],
        "packages": {"docker.io": "1"},
        "manager": "systemd",
        "files": {CONFIG_PATH: '{"mtu": 1400}'},
    },
    "an engine with another certificate": {
        "accounts": ["deploy"],
        "packages": {"docker.io": "1"},
        "manager": "systemd",
        "files": LISTENING,
    },
}
GOAL: Story = {
    "config": {"debug": False, "mtu": 1400},
    "environment": {"MOOD": "calm"},
    "remote_api": {"port": 2377},
    "users": ["deploy"],
    "published_ports": {"allow": [{"ports": [443]}]},
    "kernel_modules": ["br_netfilter"],
    "sysctls": {"net.ipv4.ip_forward": 1},
}
REMAPPED: Story = {"config": {"mtu": 1400, "userns-remap": "default"}, "users": ["deploy"]}
FORWARDING = "/proc/sys/net/ipv4/ip_forward"


KEPT = ("/proc/sys/", "/sys/module/", "/etc/sysctl.d/", "/etc/modules-load.d/")


def with_kernel(beginning: Story) -> Story:
    """The same host, whose kernel has what the goal asks of it."""
    files = {**beginning.get("files", {}), FORWARDING: "0\n"}
    return {**beginning, "files": files, "loadable": ["br_netfilter"]}


OLD, NEW = "a" * 64, "b" * 64
ARCHIVES: dict[str, Story] = {
    "a host without an engine": {"accounts": ["deploy"], "has_group": False},
    "a host without systemd for an archive": {
        "accounts": ["deploy"],
        "systemd": False,
        "archives": {OLD: []},
    },
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
    "config": GOAL["config"],
    "environment": GOAL["environment"],
    "users": GOAL["users"],
    "source": "archive",
    "archive": {"url": "https://mirror.test/docker.tgz", "checksum": "sha256:" + NEW},
}


def settings(machine: Machine) -> t.Any:
    """What an engine runs with, and who runs it."""
    taken = machine.taken == machine.files.get(CONFIG_PATH)
    return machine.config, machine.files.get(environment_file(machine)), taken, machine.manager


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
        (machine.listening, list(slots(machine).values())),
        machine.manager,
        machine.group,
        set(machine.packages),
        (machine.accounts, machine.groups, machine.files.get("/etc/subuid")),
        machine.links,
        machine.own_units(),
        (machine.runs, machine.archives.there, machine.archives.left),
    )


@pytest.mark.parametrize("beginning", map(with_kernel, BEGINNINGS.values()), ids=list(BEGINNINGS))
def test_a_run_that_is_killed_is_finished_by_the_next(
    request: pytest.FixtureRequest, beginning: Story
) -> None:
    goal = REMAPPED if "remapped" in str(request.node.name) else GOAL
    assert list(killed_at_every_touch(beginning, goal))


@pytest.mark.parametrize("beginning", ARCHIVES.values(), ids=list(ARCHIVES))
def test_a_run_with_an_archive_that_is_killed_is_finished_by_the_next(beginning: Story) -> None:
    assert list(killed_at_every_touch(beginning, ARCHIVED))


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

        there = (
            machine.runs,
            machine.links[archive.CURRENT],
            machine.own_units(),
            machine.config,
        )
        assert there == (OLD, OLD, before.own_units(), None), whole.touches[fuse]


MOVED = {"consent": ["reload", "restart", "destroy"], "config": {"data-root": "/srv/docker"}}


@pytest.mark.parametrize("manager", ["systemd", "init script"])
def test_a_move_that_is_killed_is_finished_by_the_next(manager: str) -> None:
    others = {"systemd": manager == "systemd", "manager": manager, "init_script": "works"}
    beginning = {**HOLDING, **others}
    for machine in killed_at_every_touch(beginning, MOVED):
        assert machine.below("/srv/docker/image/") == ["app", "web"]
        assert machine.below("/var/lib/docker/") == []


HOLDING: Story = {
    "packages": {"docker.io": "1", "iptables": "1"},
    "sdk": True,
    "manager": "systemd",
    "files": {CONFIG_PATH: '{"mtu": 1300}', **{HELD.format(name): name for name in ("app", "web")}},
}


def test_a_killed_move_that_is_not_wanted_any_more_is_undone_by_the_next() -> None:
    whole = Machine(HOLDING)
    assert settle(whole, Memory(), MOVED).failure() == ""
    settled = next(n for n, touch in enumerate(whole.touches) if touch.endswith(CONFIG_PATH))

    for fuse in range(settled):
        machine, memory = Machine(HOLDING), Memory()
        machine.fuse = fuse
        failure(machine, memory, MOVED)
        machine.fuse = float("inf")
        assert settle(machine, memory, {}).failure() == "", whole.touches[fuse]

        assert machine.below("/srv/docker/") == []
        assert machine.below("/var/lib/docker/image/") == ["app", "web"]
        assert settings(machine) == ({"mtu": 1300}, None, True, "systemd")
        assert settle(machine, memory, {}).plan.lines == []


@pytest.mark.parametrize("trouble", [{"full": True}, {"untrue": True}, {"deadly": True}])
def test_a_move_that_goes_wrong_leaves_all_as_it_was_wherever_it_is_killed(trouble: Story) -> None:
    beginning = {**HOLDING, **trouble}
    wanted = {**MOVED, "config": {"data-root": "/srv/docker", "cgroup-parent": "deadly"}}
    whole = Machine(beginning)
    assert failure(whole, Memory(), wanted)

    for fuse in range(len(whole.touches) + 1):
        machine, memory = Machine(beginning), Memory()
        machine.fuse = fuse
        failure(machine, memory, wanted)
        machine.fuse = float("inf")
        assert failure(machine, memory, wanted)
        assert machine.below("/var/lib/docker/image/") == ["app", "web"]
        assert settings(machine) == ({"mtu": 1300}, None, True, "systemd")

        assert settle(machine, memory, {}).failure() == ""
        assert machine.below("/var/lib/docker/image/") == ["app", "web"]
        assert machine.below("/srv/docker/") == []
        assert settings(machine) == ({"mtu": 1300}, None, True, "systemd")


def killed_at_every_touch(beginning: Story, goal: Story) -> t.Iterator[Machine]:
    """The machines on which a run was killed, one touch later each, and another one finished it."""
    whole = Machine(beginning)
    assert settle(whole, Memory(), goal).failure() == ""
    assert len(whole.touches) > 3

    for fuse in range(len(whole.touches)):
        machine, memory = Machine(beginning), Memory()
        machine.fuse = fuse
        assert Killed.__name__ in settle(machine, memory, goal).failure()
        machine.fuse = float("inf")
        finished = settle(machine, memory, goal)

        assert (finished.failure(), finished.result()["drift"]) == ("", [])
        assert state(machine) == state(whole), whole.touches[fuse]
        assert settle(machine, memory, goal).plan.lines == []
        assert apt.POLICY not in machine.files
        assert notes.read(machine.outside).pending == ""
        yield machine


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


UNDONE: dict[str, tuple[Story, Story, t.Any]] = {
    "a bad setting": (
        BEGINNINGS["an engine with other settings"],
        {"config": {"cgroup-parent": "deadly"}, "environment": {"MOOD": "bad"}},
        (({"mtu": 1300, "debug": True}, None, True, "systemd"), ({}, [])),
    ),
    "a port that is taken": (
        {**BEGINNINGS["an engine with another certificate"], "ports_taken": [80]},
        {"remote_api": {"port": 80}},
        ((None, None, True, "systemd"), ({"address": "0.0.0.0", "port": 2376}, ["old"])),
    ),
}


@pytest.mark.parametrize(("beginning", "wanted", "left"), UNDONE.values(), ids=list(UNDONE))
def test_a_killed_run_whose_settings_are_bad_is_undone_by_the_next(
    beginning: Story, wanted: Story, left: t.Any
) -> None:
    beginning = {**beginning, "sdk": True}
    whole = Machine(beginning)
    assert "failed to start" in failure(whole, Memory(), wanted)

    for fuse in range(len(whole.touches)):
        machine, memory = Machine(beginning), Memory()
        machine.fuse = fuse
        failure(machine, memory, wanted)
        machine.fuse = float("inf")
        assert "failed to start" in failure(machine, memory, wanted), whole.touches[fuse]

        shown = (machine.listening, list(slots(machine).values()))
        assert (settings(machine), shown) == left
