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

from ansible_collections.slipway.docker.plugins.module_utils.core.order import Frontier
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Plan, Step

DONE, FAILED, UNDONE, STUCK, SKIPPED = "done", "failed", "undone", "stuck", "skipped"
Act = t.Callable[[Step, str], t.Any]

# Waiting costs a thread and nothing else, so it must not take the place of work.
WATCHERS = 256


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What became of a step: what its call returned or raised, and what its undoing raised.

    ``done``, ``failed``, ``undone`` (taken back), ``stuck`` (could not be taken back), ``skipped``.
    """

    step: Step
    status: str
    result: t.Any = None
    error: BaseException | None = None
    undo_error: BaseException | None = None


def apply(plan: Plan, act: Act, workers: int = 16) -> list[Outcome]:
    """The outcomes of all steps; after a failure none is begun, what is half made is put back."""
    work = _Work(plan, act)
    try:
        work.run(workers)
    finally:
        work.put_back()
    return [work.outcomes.get(step.key, Outcome(step, SKIPPED)) for step in plan.steps]


def failures(outcomes: t.Iterable[Outcome]) -> list[Outcome]:
    """The outcomes of the steps that failed."""
    return [outcome for outcome in outcomes if outcome.status == FAILED]


class _Work:
    """A plan while it is done; the workers write down outcomes, so that an interrupt loses none."""

    def __init__(self, plan: Plan, act: Act) -> None:
        self.plan = plan
        self.act = act
        self.outcomes: dict[str, Outcome] = {}
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
        if not self._stopped.is_set():
            try:
                self.outcomes[step.key] = Outcome(step, DONE, self.act(step, step.verb))
            except BaseException as error:
                self._stopped.set()
                self.outcomes[step.key] = Outcome(step, FAILED, error=error)
        self._finished.put(step.key)

    def put_back(self) -> None:
        """Undo the steps of each resource that failed, or whose changes were not all begun."""
        broken = {step.identity for step in self.plan.steps if self._breaks(step)}
        for step in reversed(self.plan.steps):
            outcome = self.outcomes.get(step.key)
            if outcome is not None and step.undo and step.identity in broken:
                self.outcomes[step.key] = self._undo(outcome)

    def _breaks(self, step: Step) -> bool:
        outcome = self.outcomes.get(step.key)
        if outcome is None:
            return step.changes_host
        return outcome.status == FAILED and not step.tidies

    def _undo(self, outcome: Outcome) -> Outcome:
        failed = outcome.status == FAILED
        stuck = FAILED if failed else STUCK
        try:
            self.act(outcome.step, outcome.step.undo)
        except (Exception, SystemExit) as error:
            return dataclasses.replace(outcome, status=stuck, undo_error=error)
        return outcome if failed else dataclasses.replace(outcome, status=UNDONE)
