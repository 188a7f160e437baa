# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Doing the steps of a plan: without deciding anything, and as parallel as their order allows."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import queue
import threading
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.crews import Toll
from ansible_collections.slipway.docker.plugins.module_utils.core.order import Frontier
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Plan, Step

DONE, FAILED, UNDONE, STUCK, SKIPPED = "done", "failed", "undone", "stuck", "skipped"
SPARED = "spared"
Act = t.Callable[[Step, str], t.Any]

# Waiting costs a thread and nothing else, so it must not take the place of work.
WATCHERS = 256


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What became of a step: what its call returned or raised, and what its undoing raised.

    ``done``, ``failed``, ``undone`` (taken back), ``stuck`` (could not be taken back), ``skipped``,
    ``spared`` (failed, but the others of its crew are enough).
    """

    step: Step
    status: str
    result: t.Any = None
    error: BaseException | None = None
    undo_error: BaseException | None = None


def apply(plan: Plan, act: Act, workers: int = 16) -> list[Outcome]:
    """The outcomes of all steps; what is half made is put back.

    After a failure no step is begun, unless it is one that a crew can do without.
    """
    work = _Work(plan, act)
    try:
        work.run(workers)
    finally:
        work.put_back()
    return work.told()


def failures(outcomes: t.Iterable[Outcome]) -> list[Outcome]:
    """The outcomes of the steps that failed."""
    return [outcome for outcome in outcomes if outcome.status == FAILED]


class _Work:
    """A plan while it is done; the workers write down outcomes, so that an interrupt loses none."""

    def __init__(self, plan: Plan, act: Act) -> None:
        self.plan = plan
        self.act = act
        self.outcomes: dict[str, Outcome] = {}
        self.toll = Toll(plan.steps)
        # The resources that were given up, while the work on the others went on.
        self.given_up: set[str] = set()
        self._put_back: set[str] = set()
        self._stopped = threading.Event()
        self._finished: queue.SimpleQueue[str] = queue.SimpleQueue()

    def run(self, workers: int) -> None:
        """Begin each step when what it needs is done, until all are done or one has failed."""
        steps = {step.key: step for step in self.plan.steps}
        frontier = Frontier(self.plan.steps)
        running = 0
        pool = concurrent.futures.ThreadPoolExecutor
        with pool(workers) as hands, pool(WATCHERS) as eyes:
            try:
                free = frontier.begin()
                while free or running:
                    for key in free:
                        chosen = hands if steps[key].changes_host else eyes
                        chosen.submit(self._attempt, steps[key])
                    running += len(free)
                    finished = self._finished.get()
                    running -= 1
                    free = [] if self._stopped.is_set() else frontier.done(finished)
            finally:
                self._stopped.set()

    def _attempt(self, step: Step) -> None:
        try:
            if not self._stopped.is_set() and step.identity not in self.given_up:
                self._do(step)
        finally:
            self._finished.put(step.key)

    def _do(self, step: Step) -> None:
        try:
            self.outcomes[step.key] = Outcome(step, DONE, self.act(step, step.verb))
        except BaseException as error:
            self.outcomes[step.key] = Outcome(step, FAILED, error=error)
            if isinstance(error, Exception) and self.toll.take(step):
                self.given_up.add(step.identity)
                self._take_back(each for each in self.plan.steps if each.identity == step.identity)
            else:
                self._stopped.set()

    def put_back(self) -> None:
        """Undo the steps of each unit that failed, or whose changes were not all begun."""
        units = {step.goes_back_with for step in self.plan.steps if self._breaks(step)}
        self._take_back(
            step
            for step in self.plan.steps
            if step.goes_back_with in units or step.identity in self.given_up
        )

    def told(self) -> list[Outcome]:
        """What became of each step, those spared of which the crew can do without."""
        stuck = {each.step.identity for each in self.outcomes.values() if each.undo_error}
        return [
            dataclasses.replace(outcome, status=SPARED)
            if outcome.status == FAILED
            and outcome.step.identity in self.given_up - stuck
            and self.toll.spares(outcome.step)
            else outcome
            for outcome in (
                self.outcomes.get(step.key, Outcome(step, SKIPPED)) for step in self.plan.steps
            )
        ]

    def _breaks(self, step: Step) -> bool:
        if step.identity in self.given_up:
            return False
        outcome = self.outcomes.get(step.key)
        return step.changes_host if outcome is None else outcome.status == FAILED

    def _take_back(self, steps: t.Iterable[Step]) -> None:
        """Undo the last one first; what stands before a final step that was begun stays."""
        proven: set[str] = set()
        for step in reversed(list(steps)):
            outcome = self.outcomes.get(step.key)
            if outcome is None or step.goes_back_with in proven or step.key in self._put_back:
                continue
            self._put_back.add(step.key)
            if step.undo:
                self.outcomes[step.key] = self._undo(outcome)
            if step.final:
                proven.add(step.goes_back_with)

    def _undo(self, outcome: Outcome) -> Outcome:
        failed = outcome.status == FAILED
        stuck = FAILED if failed else STUCK
        try:
            self.act(outcome.step, outcome.step.undo)
        except (Exception, SystemExit) as error:
            return dataclasses.replace(outcome, status=stuck, undo_error=error)
        return outcome if failed else dataclasses.replace(outcome, status=UNDONE)
