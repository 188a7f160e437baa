# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Doing the steps of a plan: without deciding anything, and as parallel as their order allows."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.order import prerequisites
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Plan, Step

DONE, FAILED, UNDONE, SKIPPED = "done", "failed", "undone", "skipped"
Act = t.Callable[[Step, str], t.Any]


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What became of a step: ``result`` is what its call returned, ``error`` what it raised."""

    step: Step
    status: str
    result: t.Any = None
    error: Exception | None = None


def apply(plan: Plan, act: Act, workers: int = 8) -> list[Outcome]:
    """The outcomes of all steps; after a failure no step is begun, and the failed resources are put back."""
    outcomes: dict[str, Outcome] = {}
    with concurrent.futures.ThreadPoolExecutor(max_workers=workers) as pool:
        _run(plan, act, pool, outcomes)
    _put_back(plan, act, outcomes)
    return [outcomes.get(step.key, Outcome(step, SKIPPED)) for step in plan.steps]


def failures(outcomes: t.Iterable[Outcome]) -> list[Outcome]:
    """The outcomes of the steps that failed."""
    return [outcome for outcome in outcomes if outcome.status == FAILED]


def _run(plan: Plan, act: Act, pool: concurrent.futures.Executor, outcomes: dict[str, Outcome]) -> None:
    waiting = dict(prerequisites(plan.steps))
    running: dict[concurrent.futures.Future[Outcome], str] = {}
    while True:
        if not failures(outcomes.values()):
            for step in plan.steps:
                if step.key in waiting and all(key in outcomes for key in waiting[step.key]):
                    del waiting[step.key]
                    running[pool.submit(_attempt, act, step)] = step.key
        if not running:
            return
        finished, _rest = concurrent.futures.wait(running, return_when=concurrent.futures.FIRST_COMPLETED)
        for future in finished:
            outcomes[running.pop(future)] = future.result()


def _attempt(act: Act, step: Step) -> Outcome:
    try:
        return Outcome(step, DONE, act(step, step.verb))
    except Exception as error:
        return Outcome(step, FAILED, error=error)


def _put_back(plan: Plan, act: Act, outcomes: dict[str, Outcome]) -> None:
    failed = {outcome.step.identity for outcome in failures(outcomes.values())}
    for step in reversed(plan.steps):
        outcome = outcomes.get(step.key)
        if outcome is not None and step.identity in failed and step.undo and outcome.status in (DONE, FAILED):
            outcomes[step.key] = _undo(act, step, outcome)


def _undo(act: Act, step: Step, outcome: Outcome) -> Outcome:
    try:
        act(step, step.undo)
    except Exception as error:
        return dataclasses.replace(outcome, status=FAILED, error=outcome.error or error)
    return outcome if outcome.status == FAILED else dataclasses.replace(outcome, status=UNDONE)
