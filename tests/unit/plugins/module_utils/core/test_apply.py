# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Doing the steps of a plan."""

from __future__ import annotations

import dataclasses
import threading
import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.apply import (
    DONE,
    FAILED,
    SKIPPED,
    STUCK,
    UNDONE,
    Outcome,
    apply,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Plan, Step

Doings = t.Callable[[str], t.Any]
PATIENCE = 30


def step(key: str, *needs: str, undo: str = "") -> Step:
    verb, kind, name = key.rsplit(" ", 2)
    return Step(verb, kind, name, "because", needs=needs, undo=undo)


def do(
    *steps: Step, faults: t.Mapping[str, BaseException] | None = None, workers: int = 4
) -> tuple[dict[str, str], list[str], list[Outcome]]:
    """What became of each step, the calls in their order, and the outcomes whole."""
    calls: list[str] = []

    def act(each: Step, verb: str) -> str:
        call = "{0} {1}".format(verb, each.identity)
        calls.append(call)
        if faults and call in faults:
            raise faults[call]
        return call

    outcomes = apply(Plan(steps), act, workers)
    return {each.step.key: each.status for each in outcomes}, calls, outcomes


def test_a_final_step_that_fails_puts_nothing_back_and_before_it_all_is_put_back() -> None:
    tidy = Step("remove old", "box", "a", "because", needs=("make box a",), final=True)
    made = step("make box a", undo="unmake")
    became, calls, _outcomes = do(made, tidy, faults={"remove old box a": OSError()})
    assert became == {"make box a": DONE, "remove old box a": FAILED}
    assert calls == ["make box a", "remove old box a"]

    late = step("make box b", "make box a")
    after_all = dataclasses.replace(tidy, needs=("make box b",))
    became, _calls, _outcomes = do(made, late, after_all, faults={"make box b": OSError()})
    assert became["make box a"] == UNDONE


def test_an_empty_plan_does_nothing() -> None:
    assert do() == ({}, [], [])


def test_each_step_is_done_once_and_its_result_is_kept() -> None:
    became, calls, outcomes = do(step("make box a"), step("fill box a", "make box a"))

    assert became == {"make box a": DONE, "fill box a": DONE}
    assert calls == ["make box a", "fill box a"]
    assert [each.result for each in outcomes] == calls


def test_after_a_failure_no_step_is_begun_and_the_rest_is_skipped() -> None:
    broken = ValueError("no")
    became, calls, outcomes = do(
        step("make box a"),
        step("fill box a", "make box a"),
        step("make box b", "fill box a"),
        faults={"make box a": broken},
    )

    assert became == {"make box a": FAILED, "fill box a": SKIPPED, "make box b": SKIPPED}
    assert calls == ["make box a"]
    assert outcomes[0].error is broken


def test_a_step_that_stands_ready_is_not_begun_after_a_failure() -> None:
    steps = [step("make box {0}".format(number)) for number in range(20)]

    became, calls, _outcomes = do(*steps, faults={"make box 0": ValueError("no")}, workers=1)

    assert calls == ["make box 0"]
    assert list(became.values()).count(SKIPPED) == 19


def test_a_failed_resource_is_put_back_last_step_first() -> None:
    became, calls, _outcomes = do(
        step("stop box a", undo="start"),
        step("rename box a", "stop box a", undo="restore"),
        step("make box a", "rename box a", undo="discard"),
        step("tell box a", "make box a"),
        faults={"tell box a": ValueError("no")},
    )

    assert calls[4:] == ["discard box a", "restore box a", "start box a"]
    assert list(became.values()) == [UNDONE, UNDONE, UNDONE, FAILED]


def test_the_failed_step_itself_is_put_back_since_its_call_may_have_had_an_effect() -> None:
    became, calls, _outcomes = do(
        step("make box a", undo="discard"), faults={"make box a": TimeoutError("too late")}
    )

    assert calls == ["make box a", "discard box a"]
    assert became == {"make box a": FAILED}


def test_a_resource_that_a_failure_elsewhere_cut_short_is_put_back_too() -> None:
    became, calls, _outcomes = do(
        step("stop box a", undo="start"),
        step("make net n", "stop box a"),
        step("make box a", "make net n"),
        faults={"make net n": ValueError("no")},
    )

    assert calls[-1] == "start box a"
    assert became == {"stop box a": UNDONE, "make net n": FAILED, "make box a": SKIPPED}


def test_a_resource_that_is_all_done_stays_when_another_fails() -> None:
    became, calls, _outcomes = do(
        step("make box a", undo="discard"),
        step("await healthy box a", "make net n"),
        step("make net n", "make box a"),
        faults={"make net n": ValueError("no")},
    )

    assert became == {"make box a": DONE, "await healthy box a": SKIPPED, "make net n": FAILED}
    assert "discard box a" not in calls


def test_what_can_not_be_put_back_is_told_and_the_others_are_put_back_all_the_same() -> None:
    undo_error = OSError("gone")
    became, _calls, outcomes = do(
        step("stop box a", undo="start"),
        step("rename box a", "stop box a", undo="restore"),
        step("make box a", "rename box a", undo="discard"),
        faults={
            "make box a": ValueError("no"),
            "restore box a": undo_error,
            "discard box a": SystemExit(3),
        },
    )

    assert became == {"stop box a": UNDONE, "rename box a": STUCK, "make box a": FAILED}
    assert outcomes[1].undo_error is undo_error
    assert isinstance(outcomes[2].error, ValueError)
    assert isinstance(outcomes[2].undo_error, SystemExit)


@pytest.mark.parametrize("error", [SystemExit(1), KeyboardInterrupt(), MemoryError()])
def test_no_error_of_a_step_gets_past_the_putting_back(error: BaseException) -> None:
    became, calls, outcomes = do(
        step("stop box a", undo="start"),
        step("make box a", "stop box a"),
        faults={"make box a": error},
    )

    assert became == {"stop box a": UNDONE, "make box a": FAILED}
    assert calls[-1] == "start box a"
    assert outcomes[1].error is error


def test_an_interrupt_ends_the_run_when_what_is_half_made_is_put_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    steps = (
        step("stop box a", undo="start"),
        step("make box a", "stop box a"),
        step("make box b"),
    )
    calls: list[str] = []
    frontier = "ansible_collections.slipway.docker.plugins.module_utils.core.apply.Frontier.done"
    monkeypatch.setattr(
        frontier, lambda self, key: (nothing for nothing in list[int]()).throw(KeyboardInterrupt())
    )

    with pytest.raises(KeyboardInterrupt):
        apply(Plan(steps), lambda each, verb: calls.append("{0} {1}".format(verb, each.identity)))

    assert "make box a" not in calls
    assert calls[-1] == "start box a"


def test_steps_that_do_not_need_each_other_run_at_the_same_time() -> None:
    together = threading.Barrier(4)

    outcomes = apply(
        Plan(tuple(step("make box {0}".format(number)) for number in range(4))),
        lambda each, verb: together.wait(PATIENCE),
        workers=4,
    )

    assert {each.status for each in outcomes} == {DONE}


def test_no_more_steps_run_at_once_than_there_are_workers() -> None:
    lock, now, most = threading.Lock(), 0, 0

    def act(each: Step, verb: str) -> None:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        with lock:
            now -= 1

    apply(Plan(tuple(step("make box {0}".format(number)) for number in range(200))), act, workers=3)

    assert 1 <= most <= 3


def test_waiting_never_takes_the_place_of_work() -> None:
    came = threading.Event()
    waits = [step("await healthy box {0}".format(number)) for number in range(20)]

    def act(each: Step, verb: str) -> bool:
        if each.changes_host:
            came.set()
            return True
        return came.wait(PATIENCE)

    outcomes = apply(Plan((*waits, step("start box a"))), act, workers=1)

    assert all(each.result is True for each in outcomes)
