# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What somebody changed on the host is told apart from what was edited in the playbook."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.codec import TEXT
from ansible_collections.slipway.docker.plugins.module_utils.core.converge import (
    Settings,
    converge,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.field import Field
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Request, Step
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Found, Resource
from ansible_collections.slipway.docker.tests.unit.plugins.module_utils.core.world import (
    ALL,
    BOX,
    Memory,
    World,
    box,
    run,
)


def told(report: t.Any) -> tuple[list[str], list[str], list[str]]:
    result = report.result()
    return result["drift"], result["edits"], result["plan"]


def test_what_was_never_made_is_no_drift() -> None:
    report = run(World(), box("a"))

    assert told(report) == ([], ["box a: not found"], ["create box a: not found"])


def test_what_the_last_run_made_and_is_gone_is_drift_and_is_forgotten_when_it_is_made_anew() -> (
    None
):
    world, memory = World(), Memory()
    run(world, box("a"), box("b"), memory=memory)
    del world.boxes["a"]

    report = run(world, box("a"), box("b"), memory=memory)

    assert told(report) == (["box a: not found"], [], ["create box a: not found (drift)"])
    assert ("box", "#1") not in memory.entries
    assert told(run(world, box("a"), box("b"), memory=memory)) == ([], [], [])


def test_what_a_run_took_away_itself_is_no_drift_when_it_is_wanted_again() -> None:
    world, memory = World(), Memory()
    run(world, box("a"), box("b"), memory=memory, owner="shop", labels={"owner": "shop"})
    run(world, box("b"), memory=memory, owner="shop", orphans="remove")
    run(world, box("b", state="absent"), memory=memory)

    drift, edits, _plan = told(run(world, box("a"), box("b"), memory=memory))

    assert (drift, edits) == ([], ["box a: not found", "box b: not found"])


def test_a_change_of_both_is_told_field_by_field() -> None:
    world, memory = World(), Memory()
    run(world, box("a", size=1, color="red"), memory=memory)
    world.boxes["a"]["Size"] = 5

    drift, edits, _plan = told(run(world, box("a", size=1, color="blue"), memory=memory))

    assert drift == ["box a: size 5 -> 1"]
    assert edits == ["box a: color 'red' -> 'blue'"]


def test_an_edit_that_takes_no_step_is_nothing_to_tell() -> None:
    kind, world, memory = dataclasses.replace(BOX, plan=lambda _request: []), World(), Memory()
    world.make("a", {})

    report = converge([kind], [box("a", color="red")], world, memory, Settings(consent=ALL))

    assert told(report) == ([], [], [])


def test_another_thing_under_a_name_is_drift_of_what_names_it_unless_a_run_of_ours_moved_it() -> (
    None
):
    """A box is painted with a can of paint, by its name; another can of that name is another color."""
    cans: dict[str, str] = {"red": "can 1"}
    can = dataclasses.replace(
        BOX,
        name="can",
        observe=lambda _world, _survey: {name: Found("can", name, id) for name, id in cans.items()},
        plan=lambda _request: [],
        immutable=True,
    )
    color = Field("color", TEXT, match=lambda _wanted, found: found == cans["red"], names="can")
    painted: dict[str, str] = {"color": "can 1"}
    kind = dataclasses.replace(
        BOX,
        fields=(color,),
        observe=lambda _world, _survey: {"a": Found("box", "a", "#1", dict(painted))},
        plan=lambda _request: [],
    )
    memory = Memory()

    def again() -> list[str]:
        wanted = [Resource("can", "red"), box("a", color="red")]
        report = converge([can, kind], wanted, World(), memory, Settings(consent=ALL))
        return t.cast("list[str]", report.result()["drift"])

    assert again() == []
    cans["red"] = "can 2"
    assert again() == [
        "can red: it is another one than the last run left there",
        "box a: color 'can 1' -> 'red'",
    ]
    # By now the can is known, as it is after a run that brought it and then failed to paint.
    assert again() == []


def stoppable(request: Request) -> list[Step]:
    """A planner that always starts, and blames who stopped it."""
    if request.found is None:
        return [request.step("create", payload={"body": {}, "labels": {}})]
    return [request.step("update", "found stopped", drift=request.was_so, payload={"body": {}})]


def test_a_state_is_drift_only_if_the_last_run_left_the_wanted_one() -> None:
    kind = dataclasses.replace(BOX, plan=stoppable, states=("present", "stopped"))
    world, memory = World(), Memory()

    def again(state: str) -> tuple[list[str], list[str], list[str]]:
        return told(converge([kind], [box("a", state=state)], world, memory, Settings(consent=ALL)))

    again("stopped")
    assert again("present") == (
        [],
        ["box a: found stopped"],
        ["update box a: found stopped"],
    )
    assert again("present") == (
        ["box a: found stopped"],
        [],
        ["update box a: found stopped (drift)"],
    )


def test_a_name_that_leads_to_another_thing_is_drift_where_things_never_change() -> None:
    kind, world, memory = dataclasses.replace(BOX, immutable=True), World(), Memory()

    def again(kind: t.Any) -> tuple[list[str], list[str], list[str]]:
        return told(converge([kind], [box("a")], world, memory, Settings(consent=ALL)))

    again(kind)
    del world.boxes["a"]
    world.make("a", {})

    assert again(BOX)[0] == []
    world.boxes["a"]["Id"] = "#9"
    assert again(kind) == (["box a: it is another one than the last run left there"], [], [])
    assert again(kind) == ([], [], [])
