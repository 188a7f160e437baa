# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run plans, by what is wanted, what is found, and what was applied: a file a case."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
import yaml

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import Refused
from ansible_collections.slipway.docker.tests.unit.plugins.module_utils.core.world import (
    ALL,
    Memory,
    World,
    box,
    run,
)

CASES = sorted((Path(__file__).parent / "cases").glob("*.yml"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_the_plan_is_what_the_case_says(case: Path) -> None:
    story = yaml.safe_load(case.read_text())
    world, memory = World(), Memory()
    _by_hand(world, story.get("by_hand", {}))
    for chapter in story["runs"]:
        _by_hand(world, chapter.get("by_hand", {}))
        if chapter.get("records") == "lost":
            memory.entries.clear()
        _run_and_compare(world, memory, chapter)


def _by_hand(world: World, changes: t.Mapping[str, t.Any]) -> None:
    for name, body in changes.items():
        if name in world.boxes:
            world.boxes[name].update(body)
        else:
            world.make(name, body)


def _run_and_compare(world: World, memory: Memory, chapter: t.Mapping[str, t.Any]) -> None:
    wanted = [box(name, **fields) for name, fields in chapter["wanted"].items()]
    settings: dict[str, t.Any] = {"memory": memory, "consent": chapter.get("consent", ALL)}
    before = dict(world.contents)

    if "refused" in chapter:
        with pytest.raises(Refused) as refusal:
            run(world, *wanted, **settings)
        assert str(refusal.value) == chapter["refused"]
        assert world.contents == before
        return

    checked = run(world, *wanted, **settings, check_mode=True)
    assert world.contents == before
    report = run(world, *wanted, **settings)
    result = report.result()
    assert result["plan"] == chapter["plan"]
    assert result["changed"] is bool(chapter["plan"])
    assert checked.result() == result
    if "drift" in chapter:
        assert result["drift"] == chapter["drift"]
