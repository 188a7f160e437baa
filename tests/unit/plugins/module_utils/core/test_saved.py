# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A saved plan is done exactly, or nothing of it is."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import Refused
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Plan, Step
from ansible_collections.slipway.docker.plugins.module_utils.core.record import digest
from ansible_collections.slipway.docker.plugins.module_utils.core.saved import (
    Saved,
    fingerprints,
    hold_to,
)
from ansible_collections.slipway.docker.tests.unit.plugins.module_utils.core.world import (
    Memory,
    World,
    box,
    run,
)

HINT = "nothing of it was done; save the plan anew and read it before it is applied"


def saved(report: t.Any) -> Saved:
    result = report.result()
    return Saved(tuple(result["plan"]), result["_fingerprints"])


def refusal(world: World, memory: Memory, plan: Saved, *wanted: t.Any) -> str:
    """Why a plan is refused; nothing may have been touched."""
    before, calls = dict(world.contents), list(world.calls)
    with pytest.raises(Refused) as error:
        run(world, *wanted, memory=memory, saved=plan)
    assert (world.contents, world.calls) == (before, calls)
    return str(error.value)


def test_the_plan_that_was_saved_is_done() -> None:
    world, memory = World(), Memory()
    plan = saved(run(world, box("a"), box("b"), memory=memory, check_mode=True))

    report = run(world, box("a"), box("b"), memory=memory, saved=plan)

    assert report.plan.lines == list(plan.lines)
    assert sorted(world.boxes) == ["a", "b"]


def test_a_host_that_has_moved_is_refused_and_what_has_moved_is_told() -> None:
    world, memory = World(), Memory()
    plan = saved(run(world, box("a"), box("b"), memory=memory, check_mode=True))
    world.make("a", {})
    world.make("c", {"Size": 2})

    told = refusal(world, memory, plan, box("a"), box("b"), box("c", size=1))

    assert told == (
        "plan: it is no longer the one that was saved: new: 'update box c: size 2 -> 1'; "
        "gone: 'create box a: not found'; " + HINT
    )


def test_what_no_line_shows_is_compared_by_its_seal() -> None:
    world, memory = World(), Memory()
    plan = saved(run(world, box("a", pin="1"), box("b"), memory=memory, check_mode=True))

    told = refusal(world, memory, plan, box("a", pin="2"), box("b"))

    assert told == (
        "plan: it is no longer the one that was saved: box a: what is sent has changed; " + HINT
    )


def test_seals_of_a_key_that_was_not_kept_say_nothing() -> None:
    world, other = World(), Memory()
    other.seal = lambda value: digest(b"another key", value)  # type: ignore[method-assign]
    plan = saved(run(world, box("a"), memory=other, check_mode=True))

    run(world, box("a"), memory=Memory(), saved=plan)

    assert sorted(world.boxes) == ["a"]


def test_what_builds_on_an_earlier_task_is_compared_by_its_lines_alone() -> None:
    expected = frozenset({"engine docker"})
    plan = saved(run(World(), box("a"), check_mode=True, expected=expected))

    assert plan == Saved(("create box a: not found",), {"": digest_of("")})
    assert run(World(), box("a"), saved=plan).result()["changed"]


def test_only_what_needs_what_an_earlier_task_makes_has_no_seal() -> None:
    expected = frozenset({"box x"})
    wanted = (box("a", needs=("box x",)), box("b"))
    plan = saved(run(World(), *wanted, check_mode=True, expected=expected))

    assert sorted(plan.fingerprints) == ["", "box b"]
    assert run(World(), *wanted, saved=plan).result()["changed"]


def test_an_empty_plan_is_a_plan() -> None:
    world, memory = World(), Memory()
    run(world, box("a"), memory=memory)
    plan = saved(run(world, box("a"), memory=memory, check_mode=True))
    assert run(world, box("a"), memory=memory, saved=plan).result()["changed"] is False

    del world.boxes["a"]
    assert "new: 'create box a: not found (drift)'" in refusal(world, memory, plan, box("a"))


def steps(*keys: str) -> Plan:
    return Plan(tuple(Step(key.rsplit(" ", 2)[0], "box", key[-1], "because") for key in keys))


def test_waiting_comes_and_goes_without_a_word() -> None:
    lines = ("await healthy box a: found starting", "start box b: because")

    hold_to(Saved(lines), steps("start box b"), digest_of)
    hold_to(Saved(lines[1:]), steps("await healthy box c", "start box b"), digest_of)


def test_another_order_is_another_plan() -> None:
    with pytest.raises(Refused, match="its steps come in another order"):
        hold_to(
            Saved(("start box a: because", "start box b: because")),
            steps("start box b", "start box a"),
            digest_of,
        )


def test_fingerprints_hold_no_value() -> None:
    step = Step("create", "box", "a", "not found", payload={"pin": "hunter2"})

    assert "hunter2" not in str(fingerprints(Plan((step,)), digest_of))


def digest_of(value: t.Any) -> str:
    return digest(b"key", value)
