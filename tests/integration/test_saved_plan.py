# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A saved plan is what is done, on a real engine, or nothing is; what is wrong with it is told."""

from __future__ import annotations

import json
import os
import pathlib
import stat
import sys
import typing as t

import pytest

from tests.integration.conftest import docker
from tests.integration.playing import Played, playbook
from tests.integration.test_stack import Shop, service

PASSWORD = "open-sesame"
SAVE = [{"name": "save", "slipway.docker.saved_plan": {"directory": "{{ plan }}"}}]
TAKE = [
    {"name": "take", "slipway.docker.saved_plan": {"directory": "{{ plan }}", "state": "taken"}}
]
ROLES = ["slipway.docker.stack"]


class Fleet:
    """An inventory of this machine, with two stacks in one loop, and two playbooks."""

    def __init__(self, folder: pathlib.Path, *shops: Shop) -> None:
        self.folder = folder
        self.first, self.second = shops
        here = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
        stacks = [{"files": [str(shop.folder / "compose.yml")]} for shop in shops]
        hosts = {"all": {"hosts": {"here": here}, "vars": {"slipway_stacks": stacks}}}
        self._write("inventory.json", hosts)
        head = {"hosts": "all", "gather_facts": False, "roles": ROLES}
        self._write("plan.json", [{**head, "check_mode": True, "post_tasks": SAVE}])
        self._write("site.json", [{**head, "pre_tasks": TAKE}])

    def _write(self, name: str, content: t.Any) -> None:
        (self.folder / name).write_text(json.dumps(content))

    def save(self) -> Played:
        """Make and save the plan."""
        played = self._play("plan.json")
        assert played.status == 0, played.text
        return played

    def apply(self, plans: str = "plans") -> Played:
        """Do what was saved."""
        return self._play("site.json", plans)

    def _play(self, book: str, plans: str = "plans") -> Played:
        inventory = str(self.folder / "inventory.json")
        return playbook(self.folder, str(self.folder / book), inventory, "-e", f"plan={plans}")

    @property
    def plan(self) -> pathlib.Path:
        return self.folder / "plans" / "here.json"

    def must_be_refused(self, *words: str, plans: str = "plans") -> None:
        """Refused before a stack was looked at, with these words and what to type next."""
        played = self.apply(plans)
        assert played.status != 0
        assert "Run the stacks" not in played.text
        for word in (*words, "nothing was touched; make the plan anew with playbooks/plan.yml"):
            assert word in played.text
        assert docker("ps", "-aq", "--filter", f"name={self.first.name}") == ""


@pytest.fixture
def fleet(tmp_path: pathlib.Path, project: str, project_beside: str, busybox: str) -> Fleet:
    """Two stacks that are not there yet."""
    shops = []
    for name in (project, project_beside):
        (tmp_path / name).mkdir()
        shops.append(Shop(tmp_path / name, name, busybox))
        web = service(busybox, environment={"MODE": "a", "PASSWORD": PASSWORD})
        shops[-1].write({"web": web})
    return Fleet(tmp_path, *shops)


def container(shop: Shop) -> str:
    return f"{shop.name}-web-1"


def running() -> list[str]:
    return docker("ps", "--format", "{{.Names}}").split()


def test_what_was_saved_is_done_and_once(fleet: Fleet) -> None:
    fleet.save()
    assert docker("ps", "-aq", "--filter", f"name={fleet.first.name}") == ""
    saved = json.loads(fleet.plan.read_text())
    assert [each["title"] for each in saved["runs"]] == [
        f"slipway.docker.stack {fleet.first.name}",
        f"slipway.docker.stack {fleet.second.name}",
    ]
    assert (saved["host"], saved["format"], saved["collection"]) == ("here", 1, "0.1.0")

    applied = fleet.apply()

    assert applied.status == 0, applied.text
    for each, shop in zip(saved["runs"], (fleet.first, fleet.second)):
        assert all(line in applied.text for line in each["plan"])
        assert container(shop) in running()
    again = fleet.apply()
    assert again.status != 0
    assert f"gone: 'create container {container(fleet.first)}: not found'" in again.text


def test_only_its_owner_reads_a_plan_and_there_is_no_secret_in_it(fleet: Fleet) -> None:
    fleet.save()

    assert stat.S_IMODE(fleet.plan.stat().st_mode) == 0o600
    assert PASSWORD not in fleet.plan.read_text()
    told = fleet.plan.with_suffix(".txt").read_text()
    assert f"  create container {container(fleet.first)}: not found" in told.splitlines()
    assert sorted(os.listdir(fleet.folder / "plans")) == ["here.json", "here.txt"]


def test_a_host_that_has_moved_is_refused_and_says_what_has_moved(fleet: Fleet) -> None:
    fleet.save()
    assert fleet.apply().status == 0
    web = service(fleet.first.image, mem_limit="64m")
    fleet.first.write({"web": web})
    fleet.save()
    docker("rm", "-f", container(fleet.first))

    played = fleet.apply()

    name = container(fleet.first)
    assert played.status != 0
    assert "plan: it is no longer the one that was saved: new: " in played.text
    assert f"'create container {name}: not found (drift)'" in played.text
    assert f"recreate container {name}: environment " in played.text
    assert name not in running()


def test_an_edit_that_no_line_shows_is_refused(fleet: Fleet) -> None:
    fleet.save()
    fleet.apply()
    for shop in (fleet.first, fleet.second):
        docker("rm", "-f", container(shop))
    fleet.save()
    changed = service(fleet.first.image, environment={"MODE": "a", "PASSWORD": "another"})
    fleet.first.write({"web": changed})

    played = fleet.apply()

    assert f"container {container(fleet.first)}: what is sent has changed" in played.text
    assert container(fleet.first) not in running()


def test_a_stack_that_was_not_planned_is_refused(fleet: Fleet) -> None:
    fleet.save()
    fleet.first.name += "-more"
    fleet.first.write({"web": service(fleet.first.image)})

    played = fleet.apply()

    assert f"slipway.docker.stack {fleet.first.name}: there is no saved plan of it" in played.text
    assert container(fleet.first) not in running()


def test_an_edited_plan_is_refused(fleet: Fleet) -> None:
    fleet.save()
    text = fleet.plan.read_text()
    fleet.plan.write_text(text.replace("create container", "remove container", 1))
    fleet.must_be_refused("here.json: it was edited after it was saved")


def test_half_a_plan_is_refused(fleet: Fleet) -> None:
    fleet.save()
    fleet.plan.write_text(fleet.plan.read_text()[:100])
    fleet.must_be_refused("here.json: it can't be read")


def test_another_format_is_refused(fleet: Fleet) -> None:
    fleet.save()
    fleet.plan.write_text(fleet.plan.read_text().replace('"format": 1', '"format": 7'))
    fleet.must_be_refused("here.json: it has format 7, not 1")


def test_another_fleets_directory_is_refused(fleet: Fleet) -> None:
    fleet.save()
    fleet.plan.rename(fleet.plan.with_name("there.json"))
    fleet.must_be_refused("there is no plan of here: it holds those of there")

    fleet.plan.with_name("there.json").rename(fleet.plan)
    inventory = fleet.folder / "inventory.json"
    hosts = json.loads(inventory.read_text())
    hosts["all"]["hosts"]["here"]["ansible_host"] = "192.0.2.7"
    inventory.write_text(json.dumps(hosts))
    fleet.must_be_refused("it is of another fleet: here at 'here:22'", "'192.0.2.7:22'")


def test_an_empty_or_missing_directory_is_refused(fleet: Fleet) -> None:
    (fleet.folder / "empty").mkdir()
    fleet.must_be_refused("there is no plan of here: it is empty", plans="empty")
    fleet.must_be_refused("there is no such directory on the controller", plans="nowhere")
