# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A rollout stops at the first batch that fails, and what that batch got can be undone."""

from __future__ import annotations

import json
import re

import pytest
import yaml

from tests.integration.playing import ROOT
from tests.integration.rollout.conftest import Fleet

PAGE = ROOT / "docs" / "rollout.md"
UNDO = ("-e", "slipway_rollout_undo=true")


@pytest.fixture(scope="module", autouse=True)
def first(fleet: Fleet) -> None:
    """Version 1 runs on all three, from nothing on."""
    fleet.variables.update(slipway_rollout_serial=3)
    fleet.write("1")
    foreseen = fleet.play("--check", "--diff")
    assert foreseen.returncode == 0, foreseen.stdout
    assert fleet.told("rollout-1", "command -v dockerd") == ""
    played = fleet.play()
    assert played.returncode == 0, played.stdout


def test_a_second_rollout_changes_nothing_that_runs(fleet: Fleet) -> None:
    fleet.variables.update(slipway_rollout_serial=[1])
    fleet.write("1")
    before = fleet.containers()

    again = fleet.play()

    assert again.returncode == 0, again.stdout
    assert again.stdout.count("PLAY [Roll the stacks out") == 3
    assert fleet.containers() == before
    assert fleet.versions() == ["1 yes, version 1"] * 3
    assert fleet.kept() == [False] * 3


def test_a_batch_that_fails_is_the_last_and_is_undone_by_order(fleet: Fleet) -> None:
    before = fleet.containers()
    fleet.write("2", unhealthy="rollout-2")

    failed = fleet.play()

    assert failed.returncode != 0
    assert "The batch rollout-2 failed on rollout-2" in failed.stdout
    assert re.search(r"container shop-web-1: its health check failed \d times", failed.stdout)
    assert "exit code 1" in failed.stdout
    assert fleet.versions()[0] == "2 yes, version 2"
    assert fleet.containers()[2] == before[2]
    assert fleet.told("rollout-3", "ls /var/lib/slipway/kept.json") == ""
    assert fleet.kept() == [False, True, False]

    foreseen = fleet.play(*UNDO, "--check")
    undone = fleet.play(*UNDO)

    assert (foreseen.returncode, undone.returncode) == (0, 0), undone.stdout
    assert fleet.versions() == ["2 yes, version 2", "1 yes, version 1", "1 yes, version 1"]
    assert fleet.containers()[2] == before[2]
    assert fleet.kept() == [False] * 3


def test_a_batch_of_several_goes_back_together(fleet: Fleet) -> None:
    fleet.variables.update(slipway_rollout_serial=[2, 1], slipway_rollout_on_failure="undo")
    fleet.write("1")
    assert fleet.play().returncode == 0
    third = fleet.containers()[2]
    fleet.write("3", unhealthy="rollout-2", extra=True)

    failed = fleet.play()

    assert failed.returncode != 0
    assert "was brought back to what it ran before" in failed.stdout
    assert fleet.versions() == ["1 yes, version 1"] * 3
    assert fleet.told("rollout-1", "docker ps -aq -f name=shop-extra") == ""
    assert fleet.containers()[2] == third
    assert fleet.kept() == [False] * 3


def test_what_is_kept_is_for_root_alone_and_is_not_overwritten_and_a_mended_rollout_ends_it(
    fleet: Fleet,
) -> None:
    fleet.variables.update(slipway_rollout_serial=[1], slipway_rollout_on_failure="stop")
    fleet.write("4", unhealthy="rollout-1")
    assert fleet.play().returncode != 0
    fleet.write("5", unhealthy="rollout-1")
    assert fleet.play().returncode != 0

    files = "/var/lib/slipway/kept.* /var/lib/slipway/declared/*"
    modes = set(fleet.told("rollout-1", f"stat -c %a {files}").split())
    kept = json.loads(fleet.told("rollout-1", "cat /var/lib/slipway/kept.json"))

    assert modes == {"600"}
    assert [each["project"] for each in kept["declarations"]] == ["shop"]
    (web,) = (each for each in kept["declarations"][0]["resources"] if each["name"] == "shop-web-1")
    assert web["fields"]["environment"]["VERSION"] == "1"

    fleet.variables.update(slipway_rollout_serial=3)
    fleet.write("6")
    assert fleet.play().returncode == 0
    assert fleet.versions() == ["6 yes, version 6"] * 3
    assert fleet.kept() == [False] * 3


def test_the_example_of_the_page_can_be_planned(fleet: Fleet) -> None:
    inventory = yaml.safe_load(re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)[0])
    hosts = [host.variables() for host in fleet.hosts.values()]
    inventory["all"]["hosts"] = dict(zip(inventory["all"]["hosts"], hosts))
    inventory["all"]["vars"]["slipway_engine_config"] = {"insecure-registries": [fleet.registry]}
    web = {"image": f"{fleet.registry}/health:1", "environment": {"VERSION": "${SHOP_VERSION}"}}
    document = {"name": "example", "services": {"web": web}}
    (fleet.folder / "compose.yml").write_text(json.dumps(document))
    (fleet.folder / "inventory.json").write_text(json.dumps(inventory))

    planned = fleet.play("--check")

    assert planned.returncode == 0, planned.stdout
    assert planned.stdout.count("PLAY [Roll the stacks out") == 3
    assert planned.stdout.count("unreachable=0    failed=0") == len(hosts)
