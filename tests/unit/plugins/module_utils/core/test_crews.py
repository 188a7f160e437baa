# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Crews: some may fail without ending the work on the others."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ansible_collections.slipway.docker.plugins.module_utils.core.apply import (
    FAILED,
    SKIPPED,
    UNDONE,
    Outcome,
    apply,
    failures,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step, settle
from ansible_collections.slipway.docker.plugins.module_utils.core.report import spared
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Fate, Resource
from ansible_collections.slipway.docker.tests.unit.plugins.module_utils.core.world import (
    World,
    box,
    run,
)

NAMES = "abcd"


def replace(name: str, before: str = "") -> list[Step]:
    """What replaces a box, after the one before it."""
    needs = ("prove box {0}".format(before),) if before else ()
    make, prove, drop = ("{0} box {1}".format(verb, name) for verb in ("make", "prove", "drop"))
    return [
        Step("make", "box", name, "because", needs=needs, undo="discard"),
        Step("prove", "box", name, "because", needs=(make,)),
        Step("drop", "box", name, "because", needs=(prove,), final=True),
    ]


def roll_out(fate: Fate, bad: t.Container[str], **faults: BaseException) -> dict[str, Outcome]:
    """One box after the other; a bad one can't be proven."""
    steps = [each for pair in zip(NAMES, " abc") for each in replace(pair[0], pair[1].strip())]
    plan = settle(steps, (), {"box {0}".format(name): fate for name in NAMES})

    def act(step: Step, verb: str) -> None:
        if verb == "prove" and step.name in bad:
            raise ValueError("no")
        if verb in faults:
            raise faults[verb]

    return {each.step.key: each for each in apply(plan, act)}


def statuses(outcomes: t.Mapping[str, Outcome]) -> dict[str, str]:
    return {
        name: " ".join(each.status for each in outcomes.values() if each.step.name == name)
        for name in NAMES
    }


ALL_DONE = "done done done"


def test_a_failure_that_a_crew_can_do_without_is_put_back_and_the_others_go_on() -> None:
    became = roll_out(Fate(crew="boxes", spare=0.25), bad="b")

    assert statuses(became) == {
        "a": ALL_DONE,
        "b": "undone spared skipped",
        "c": ALL_DONE,
        "d": ALL_DONE,
    }
    assert failures(became.values()) == []
    (warning,) = spared(became.values())
    assert warning == "prove box b failed and was put back: ValueError: no"


def test_one_more_than_may_fail_stops_the_work() -> None:
    became = roll_out(Fate(crew="boxes", spare=0.25), bad="bc")

    assert statuses(became) == {
        "a": ALL_DONE,
        "b": "undone failed skipped",
        "c": "undone failed skipped",
        "d": "skipped skipped skipped",
    }


def test_where_it_goes_on_all_the_same_the_failures_are_told_at_the_end() -> None:
    became = roll_out(Fate(crew="boxes", goes_on=True), bad="bc")

    assert statuses(became)["d"] == ALL_DONE
    assert [each.step.name for each in failures(became.values())] == ["b", "c"]


def test_in_a_unit_one_too_many_puts_all_of_them_back() -> None:
    became = roll_out(Fate("boxes", "boxes", spare=0.25), bad="bc")

    assert {each.status for each in became.values() if each.step.verb == "make"} == {
        UNDONE,
        SKIPPED,
    }


def test_in_a_unit_one_that_is_spared_puts_back_nothing_but_itself() -> None:
    became = roll_out(Fate("boxes", "boxes", spare=0.25), bad="b")

    assert statuses(became)["a"] == ALL_DONE
    assert statuses(became)["b"] == "undone spared skipped"


def test_one_that_can_not_be_put_back_is_not_spared() -> None:
    became = roll_out(Fate(crew="boxes", spare=0.5), bad="b", discard=OSError("gone"))

    assert became["prove box b"].status == FAILED
    assert statuses(became)["c"] == ALL_DONE


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(1)])
def test_an_interrupt_is_never_spared(error: BaseException) -> None:
    became = roll_out(Fate(crew="boxes", spare=1, goes_on=True), bad="", drop=error)

    assert became["drop box a"].status == FAILED
    assert statuses(became)["d"] == "skipped skipped skipped"


def test_who_only_waits_is_not_of_the_crew() -> None:
    wait = Step("await", "box", "a", "because")
    plan = settle([wait, *replace("b")], (), {"box a": Fate(crew="boxes", goes_on=True)})

    def act(step: Step, verb: str) -> None:
        if verb == "await":
            raise ValueError("no")

    assert [each.status for each in apply(plan, act, workers=1)][0] == FAILED


def colored(color: str) -> list[Resource]:
    fate = Fate(crew="boxes", spare=0.5)
    return [dataclasses.replace(box(name, color=color), fate=fate) for name in "ab"]


def test_what_was_not_there_before_can_not_be_done_without() -> None:
    world = World()
    world.faults["create box a"] = ValueError("no")

    assert run(world, *colored("red")).failed


def test_the_run_that_spares_one_succeeds_with_a_warning_and_tells_what_has_changed() -> None:
    world = World()
    run(world, *colored("red"))
    world.faults["remove box a"] = ValueError("no")

    report = run(world, *colored("blue"))

    assert not report.failed
    assert report.failure() == ""
    assert len(report.warnings) == 1
    assert {name: made["Look"]["Color"] for name, made in world.boxes.items()} == {
        "a": "red",
        "b": "blue",
    }
    world.faults.clear()
    assert run(world, *colored("blue")).result()["changed"] is True
    assert run(world, *colored("blue")).result()["changed"] is False


@given(some.sets(some.sampled_from(NAMES)), some.floats(0, 1), some.booleans(), some.booleans())
def test_every_one_is_replaced_whole_or_as_it_was(
    bad: set[str], spare: float, goes_on: bool, is_unit: bool
) -> None:
    became = roll_out(Fate("boxes" if is_unit else "", "boxes", spare, goes_on), bad)

    whole = {ALL_DONE, "undone spared skipped", "undone failed skipped"}
    untouched = {"skipped skipped skipped", "undone done skipped", "undone skipped skipped"}
    assert set(statuses(became).values()) <= whole | untouched
    fails = len(bad) > spare * len(NAMES)
    assert bool(failures(became.values())) == fails
    if goes_on:
        assert all(statuses(became)[name] == ALL_DONE for name in set(NAMES) - bad)
