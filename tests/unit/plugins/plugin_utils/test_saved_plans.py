# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Saved plans as files: what is written is read again, by whom it was written for alone."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import Refused
from ansible_collections.slipway.docker.plugins.plugin_utils.remembered import TOLD, Remembered
from ansible_collections.slipway.docker.plugins.plugin_utils.saved_plans import (
    Shelf,
    find,
    numbered,
    printed,
)

RUNS = [
    {"title": "engine", "plan": [], "fingerprints": {}},
    {"title": "stack shop", "plan": ["create box a: not found"], "fingerprints": {"box a": "1f"}},
]


def test_what_was_saved_is_read_again(tmp_path: Path) -> None:
    shelf = Shelf(str(tmp_path / "new" / "plans"))
    shelf.save("web1", "10.0.0.1:22", "0.1.0", RUNS)

    assert shelf.load("web1", "10.0.0.1:22") == RUNS
    assert find(RUNS, "stack shop") == {
        "plan": ["create box a: not found"],
        "fingerprints": {"box a": "1f"},
    }


@pytest.mark.parametrize("host", ["../../etc/passwd", "[::1]:22", "ü", "a b"])
def test_a_host_of_any_name_has_a_file_in_the_directory(tmp_path: Path, host: str) -> None:
    shelf = Shelf(str(tmp_path))
    shelf.save(host, "there", "0.1.0", RUNS)

    assert len(os.listdir(tmp_path)) == 2
    assert shelf.load(host, "there") == RUNS
    shelf.drop(host)
    shelf.drop(host)
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    "content", ["[]", "5", "null", "{}", '{"format": 1}', '{"format": 1, "digest": 7}']
)
def test_json_that_is_no_plan_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "web1.json").write_text(content)

    with pytest.raises(Refused, match="nothing was touched"):
        Shelf(str(tmp_path)).load("web1", "there")


def test_the_same_task_twice_has_two_titles() -> None:
    titles: list[str] = []
    for _time in range(3):
        titles.append(numbered("stack shop", titles))
    titles.append(numbered("stack shop-2", titles))

    assert titles == ["stack shop", "stack shop #2", "stack shop #3", "stack shop-2"]


def test_people_read_that_there_is_nothing_to_do() -> None:
    assert printed(RUNS) == ("engine:\n  nothing to do\n\nstack shop:\n  create box a: not found\n")


def test_an_item_of_a_loop_knows_what_the_one_before_it_kept_and_another_run_does_not() -> None:
    here = {"inventory_hostname": "web1", "ansible_facts": {TOLD: {"run": 1, "kept": "old"}}}
    assert Remembered("task", here).recall(TOLD) is None

    facts = Remembered("task", here).keep(TOLD, ["new"])

    assert Remembered("task", here).recall(TOLD) == ["new"]
    assert Remembered("task", {**here, "inventory_hostname": "web2"}).recall(TOLD) is None
    later = {**here, "ansible_facts": json.loads(json.dumps(facts))}
    assert Remembered("another task", later).recall(TOLD) == ["new"]
