# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Units of rollback: what goes back together, and what is given up last."""

from __future__ import annotations

import threading
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ansible_collections.slipway.docker.plugins.module_utils.core.apply import (
    DONE,
    FAILED,
    UNDONE,
    apply,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import Refused
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Plan, Step, settle
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Fate
from ansible_collections.slipway.docker.tests.unit.plugins.module_utils.core.world import (
    Memory,
    World,
    box,
    run,
)

COLORS = some.sampled_from(["red", "grey", "blue"])
SHOP = {"box a": Fate("shop"), "box b": Fate("shop")}
PLAYBOOKS = some.dictionaries(some.sampled_from("abcd"), COLORS, max_size=4)


def step(key: str, *needs: str, **details: t.Any) -> Step:
    verb, kind, name = key.rsplit(" ", 2)
    return Step(verb, kind, name, "because", needs=needs, **details)


def became(plan: Plan, broken: str, calls: list[str] | None = None) -> dict[str, str]:
    """What became of each step where one fails."""

    def act(each: Step, verb: str) -> None:
        call = "{0} {1}".format(verb, each.identity)
        if calls is not None:
            calls.append(call)
        if call == broken:
            raise ValueError("no")

    return {each.step.key: each.status for each in apply(plan, act, workers=1)}


def test_a_final_step_comes_after_all_others_of_its_unit() -> None:
    plan = settle(
        [
            step("drop box a", final=True),
            step("make box a"),
            step("drop box b", final=True),
            step("make box b"),
        ],
        (),
        SHOP,
    )

    assert [each.key for each in plan.steps] == [
        "make box a",
        "make box b",
        "drop box a",
        "drop box b",
    ]


def test_a_final_step_that_stands_alone_waits_for_nothing() -> None:
    (only,) = settle([step("drop box a", final=True)], ()).steps

    assert only.needs == ()


def test_what_makes_way_for_a_step_of_its_own_resource_comes_before_it_all_the_same() -> None:
    steps = [
        step("empty box a"),
        step("drop box a", final=True),
        step("make box a", "drop box a"),
    ]

    assert [each.key for each in settle(steps, ()).steps] == [each.key for each in steps]


def test_a_unit_that_would_have_to_give_something_up_half_way_is_refused() -> None:
    steps = [step("drop box a", final=True), step("make box b", "drop box a")]

    with pytest.raises(Refused, match="drop box a can't be put back, but has to be done"):
        settle(steps, (), SHOP)


def test_a_failure_puts_back_the_whole_unit_and_nothing_beyond_it() -> None:
    steps = [
        step("make box a", undo="discard"),
        step("make box b", "make box a", undo="discard"),
        step("make box c", undo="discard"),
        step("fill box b", "make box b", "make box c"),
    ]
    plan = settle(steps, (), SHOP)

    assert became(plan, "fill box b") == {
        "make box a": UNDONE,
        "make box b": UNDONE,
        "make box c": DONE,
        "fill box b": FAILED,
    }


def test_what_is_worth_having_goes_back_with_a_larger_unit_only() -> None:
    steps = [
        step("make box a", undo="discard", lasting=True),
        step("fill box a", "make box a"),
    ]

    assert became(settle(steps, ()), "fill box a")["make box a"] == DONE
    assert became(settle(steps, (), SHOP), "fill box a")["make box a"] == UNDONE


def test_after_a_final_step_nothing_that_came_before_it_is_put_back() -> None:
    calls: list[str] = []
    steps = [
        step("make box b", undo="discard"),
        step("drop box a", final=True),
        step("drop box b", "drop box a", final=True),
    ]
    plan = settle(steps, (), SHOP)

    assert became(plan, "drop box b", calls)["make box b"] == DONE
    assert "discard box b" not in calls


def test_what_follows_a_final_step_is_put_back_and_so_is_the_step_if_it_can_be() -> None:
    calls: list[str] = []
    steps = [
        step("empty box a", undo="fill"),
        step("drop box a", "empty box a", final=True, undo="restore"),
        step("make box a", "drop box a", undo="discard"),
    ]

    became(settle(steps, ()), "make box a", calls)

    assert calls[3:] == ["discard box a", "restore box a"]


@given(PLAYBOOKS, PLAYBOOKS, some.data())
def test_a_transaction_that_fails_leaves_the_world_as_it_was(
    first: dict[str, str], then: dict[str, str], data: t.Any
) -> None:
    world, memory = World(), Memory()
    run(world, *(box(name, color=color) for name, color in first.items()), memory=memory)
    wanted = [
        box(name, color=then[name]) if name in then else box(name, "absent")
        for name in sorted({*first, *then})
    ]
    planned = run(world, *wanted, memory=memory, check_mode=True).plan.steps
    if not planned:
        return
    before, records = dict(world.boxes), dict(memory.entries)
    world.faults[data.draw(some.sampled_from(planned)).key] = ValueError("no")

    report = run(world, *wanted, memory=memory, on_failure="rollback")

    assert report.failed
    assert report.result()["changed"] is False
    assert (world.boxes, memory.entries) == (before, records)


@some.composite
def settled(draw: t.Any) -> Plan:
    """Plans with units and final steps; a step needs only what stands before it."""
    steps: list[Step] = []
    for number in range(draw(some.integers(1, 10))):
        ways_back = [each.key for each in steps if not each.final]
        needs = draw(some.lists(some.sampled_from(ways_back), max_size=2)) if ways_back else ()
        key = "do{0} box {1}".format(number, draw(some.sampled_from("abc")))
        details = {"final": draw(some.booleans()), "undo": draw(some.sampled_from(["", "undo"]))}
        steps.append(step(key, *needs, **details))
    units = draw(
        some.dictionaries(some.sampled_from(["box a", "box b", "box c"]), some.just(Fate("shop")))
    )
    return settle(draw(some.permutations(steps)), (), units)


@given(settled(), some.integers(1, 4))
def test_nothing_is_given_up_before_its_unit_is_proven(plan: Plan, workers: int) -> None:
    lock, done = threading.Lock(), set[str]()
    proof = {
        final.key: {
            each.key
            for each in plan.steps
            if each.goes_back_with == final.goes_back_with and not each.final
        }
        for final in plan.steps
        if final.final
    }
    early: list[str] = []

    def act(each: Step, verb: str) -> None:
        with lock:
            if not proof.get(each.key, set()) <= done:
                early.append(each.key)
            done.add(each.key)

    apply(plan, act, workers)

    assert len(done) == len(plan.steps)
    assert early == []


@given(settled(), some.data())
def test_a_unit_that_fails_before_it_gave_anything_up_is_put_back_whole(
    plan: Plan, data: t.Any
) -> None:
    broken = data.draw(some.sampled_from(plan.steps))

    status = became(plan, broken.key)

    for each in plan.steps:
        if each.goes_back_with == broken.goes_back_with and each.undo and not broken.final:
            assert status[each.key] != DONE
