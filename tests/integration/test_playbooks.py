# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""plan.yml, site.yml and drift.yml on two hosts, of which one has no Python at first."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import typing as t

import pytest

from tests.hosts import host as hosts
from tests.integration.engine.conftest import Ground, load_image
from tests.integration.playing import Played, playbook

SUITES = {"fleet-bare": ("trixie", "bare"), "fleet-usual": ("trixie", "usual")}
WEB = {"command": ["sleep", "100000"], "init": True, "mem_limit": "64m"}


@dataclasses.dataclass
class Fleet:
    """The hosts, and a folder with their inventory and one stack."""

    folder: pathlib.Path
    hosts: list[hosts.Host]
    image: str

    def write(self, stacks: bool, **web: t.Any) -> None:
        """The inventory and the Compose file."""
        services = {"web": {"image": self.image, **WEB, **web}}
        (self.folder / "compose.yml").write_text(json.dumps({"name": "shop", "services": services}))
        listed = [{"files": ["compose.yml"]}] if stacks else []
        inventory = {
            "all": {
                "hosts": {host.name: host.variables() for host in self.hosts},
                "vars": {"slipway_stacks": listed},
            }
        }
        (self.folder / "inventory.json").write_text(json.dumps(inventory))

    def play(self, book: str, *words: str) -> Played:
        """Run a playbook of the collection."""
        inventory = str(self.folder / "inventory.json")
        name = f"slipway.docker.{book}"
        python = ("-e", "ansible_python_interpreter=auto")
        return playbook(self.folder, name, inventory, *python, *words)

    def told(self, name: str) -> list[str]:
        """What people read of a host's plan."""
        return (self.folder / "plans" / f"{name}.txt").read_text().splitlines()


def succeeds(played: Played) -> Played:
    assert played.status == 0, played.text
    return played


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory, busybox: str) -> t.Iterator[Fleet]:
    """Hosts on which the engine was planned and brought up, then a stack."""
    for name in SUITES:
        hosts.down(name)
    up = [hosts.up(name, *kind) for name, kind in SUITES.items()]
    fleet = Fleet(tmp_path_factory.mktemp("fleet"), up, busybox)
    fleet.write(stacks=False)
    succeeds(fleet.play("plan", "-e", "plan=plans"))
    assert up[0].ssh("command -v python3 || command -v dockerd").returncode == 1
    assert all("install engine docker: " in "".join(fleet.told(name)) for name in SUITES)
    succeeds(fleet.play("site", "-e", "plan=plans"))
    for host in up:
        load_image(Ground(host, fleet.folder), busybox)
    fleet.write(stacks=True)
    succeeds(fleet.play("plan", "-e", "plan=plans"))
    succeeds(fleet.play("site", "-e", "plan=plans"))
    yield fleet
    for name in SUITES:
        hosts.down(name)


def test_a_fleet_that_nobody_touched_has_not_drifted(fleet: Fleet) -> None:
    assert all(host.ssh("docker top shop-web-1").returncode == 0 for host in fleet.hosts)

    told = succeeds(fleet.play("drift", "-e", "drift_fail=true"))

    assert "changed=0" in told.text


def test_drift_is_told_host_by_host_apart_from_edits_and_nothing_is_changed(fleet: Fleet) -> None:
    bare, usual = fleet.hosts
    bare.ssh("docker stop -t 0 shop-web-1")
    usual.ssh("sed -i 's/10m/20m/' /etc/docker/daemon.json")
    fleet.write(stacks=True, mem_limit="80m")

    told = fleet.play("drift")
    failed = fleet.play("drift", "-e", "drift_fail=true")

    assert (told.status, failed.status) == (0, 2), told.text
    assert "container shop-web-1: found exited" in told.text
    assert "engine docker: log-opts.max-size '20m' -> '10m'" in told.text
    edit = "container shop-web-1: mem_limit '64m' -> '80m'"
    assert told.text.count(edit) >= 2
    for played in (told, failed):
        assert bare.ssh("docker inspect -f '{{.State.Running}}' shop-web-1").stdout == "false\n"
        assert usual.ssh("grep -c 20m /etc/docker/daemon.json").stdout == "1\n"
        assert played.text.count("unreachable=0") == 2
    fleet.write(stacks=True)
    succeeds(fleet.play("site"))
    succeeds(fleet.play("drift", "-e", "drift_fail=true"))


def test_the_host_that_moved_is_refused_and_the_other_one_is_done(fleet: Fleet) -> None:
    bare, usual = fleet.hosts
    fleet.write(stacks=True, mem_limit="96m")
    succeeds(fleet.play("plan", "-e", "plan=plans"))
    usual.ssh("docker rm -f shop-web-1")

    played = fleet.play("site", "-e", "plan=plans")

    assert played.status == 2
    assert "new: 'create container shop-web-1: not found (drift)'" in played.text
    assert bare.ssh("docker inspect -f '{{.HostConfig.Memory}}' shop-web-1").stdout == "100663296\n"
    assert usual.ssh("docker inspect shop-web-1").returncode == 1


def test_a_plan_of_another_fleet_is_refused_before_anything_is_touched(fleet: Fleet) -> None:
    fleet.write(stacks=True)
    succeeds(fleet.play("plan", "-e", "plan=plans", "--limit", "fleet-bare"))
    for ending in ("json", "txt"):
        (fleet.folder / "plans" / f"fleet-usual.{ending}").unlink()

    played = fleet.play("site", "-e", "plan=plans", "--limit", "fleet-usual")

    assert "there is no plan of fleet-usual: it holds those of fleet-bare" in played.text
    assert "slipway.docker.bootstrap" not in played.text


def test_a_directory_has_to_be_named(fleet: Fleet) -> None:
    assert "no directory given; name one: -e plan=DIR" in fleet.play("plan").text
