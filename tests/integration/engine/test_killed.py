# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs on a real host that are killed at each program which they call: the next one finishes the work."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest

from tests.hosts import host as hosts
from tests.integration.engine.conftest import Ground

PROGRAMS = ("apt-get", "systemctl", "gpasswd", "dockerd")
FUSE, SEEN = "/root/fuse", "/root/seen"
# Stands before the program on the path; when the fuse has burnt down, whoever called it is killed.
WRAPPER = """\
#!/bin/sh
case "$*" in *show*|*--simulate*) exec {program} "$@" ;; esac
left=$(cat {fuse} 2>/dev/null) || exec {program} "$@"
echo "{name} $*" >> {seen}
[ "$left" -gt 0 ] && {{ echo $((left - 1)) > {fuse}; exec {program} "$@"; }}
[ "$left" = 0 ] && kill -9 $PPID
exit 1
"""
LONG = 1000


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[Ground]:
    """A host on which a run can be killed."""
    name = "engine-killed"
    hosts.down(name)
    ground = Ground(hosts.up(name, "trixie", "usual"), tmp_path_factory.mktemp("engine"))
    for program in PROGRAMS:
        place = {"dockerd": "/usr/sbin", "gpasswd": "/usr/bin"}.get(program, "/usr/bin")
        text = WRAPPER.format(name=program, program=f"{place}/{program}", fuse=FUSE, seen=SEEN)
        path = f"/usr/local/bin/{program}"
        ground.told(f"cat > {path} <<'END'\n{text}END\nchmod 755 {path}")
    ground.told("useradd deploy")
    yield ground
    hosts.down(name)


def light(ground: Ground, fuse: int) -> None:
    """The next run is killed at this call of a program."""
    ground.told(f"rm -f {SEEN}; echo {fuse} > {FUSE}")


def put_out(ground: Ground) -> list[str]:
    """What was called since, and no run is killed any more."""
    called = ground.told(f"cat {SEEN}").splitlines()
    ground.told(f"rm -f {FUSE} {SEEN}")
    return called


def settled(ground: Ground, **options: t.Any) -> None:
    """One more run is enough, and one after it changes nothing."""
    finished, again = ground.engine(**options), ground.engine(**options)

    assert finished.status == 0, finished.text
    assert (again.status, again.plan) == (0, []), again.text
    assert ground.host.ssh("docker info").returncode == 0
    assert ground.host.ssh("test -e /usr/sbin/policy-rc.d").returncode == 1


def test_an_installation_that_is_killed_while_packages_come_is_finished(ground: Ground) -> None:
    light(ground, 1)
    killed = ground.engine(users=["deploy"])
    called = put_out(ground)

    assert killed.status != 0
    assert [line.split()[0] for line in called] == ["apt-get", "apt-get"]
    settled(ground, users=["deploy"])


def test_a_change_that_is_killed_at_any_program_is_finished_and_stops_at_most_once(
    ground: Ground, tmp_path: Path
) -> None:
    goals: list[dict[str, t.Any]] = [
        {"config": {"mtu": 1400}, "environment": {"MOOD": "calm"}, "users": []},
        {
            "config": {"debug": True},
            "proxies": {"http": "http://proxy.test:1"},
            "users": ["deploy"],
        },
    ]
    light(ground, LONG)
    settled_by = ground.engine(**goals[0])
    calls = len(put_out(ground))
    assert settled_by.status == 0, settled_by.text
    assert calls >= 4

    for fuse in range(calls):
        goal = goals[(fuse + 1) % 2]
        light(ground, fuse)
        killed = ground.engine(**goal)
        called = put_out(ground)
        assert killed.status != 0, (fuse, killed.text)
        assert len(called) == fuse + 1, called
        settled(ground, **goal)
