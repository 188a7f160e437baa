# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs in which the engine misbehaves at one call: what they tell, what they leave, what mends it."""

from __future__ import annotations

import dataclasses
import pathlib
import typing as t

from tests.faults import figures
from tests.faults.proxy import ENGINE, Fault
from tests.faults.runs import Ran, run
from tests.faults.scenarios import Scenario
from tests.faults.stacks import declare
from tests.faults.walking import begin, left_to_do
from tests.faults.world import World

# Seconds that a run waits for an answer here, and that one may take that waits for several.
PATIENCE, BOUND = 1, 30


@dataclasses.dataclass(frozen=True)
class Mishap:
    """How an engine misbehaves: the fault at a call, and what the run has to say of it.

    ``stops_all``: whether it takes down what ran, so that the service is back with the next run.
    """

    name: str
    fault: t.Callable[[int], Fault]
    told: str
    stops_all: bool = False


class Journey:
    """The way from one stack to another, with the same mishap at one call after the other."""

    def __init__(
        self, scenario: Scenario, mishap: Mishap, folder: pathlib.Path, engine: str = ENGINE
    ) -> None:
        self.mishap = mishap
        self.world = World(folder / "placed", engine)
        self.figures = figures.begin(f"{scenario.name}: {mishap.name}")
        self.before = declare(scenario.before, folder / "before")
        self.after = declare(scenario.after, folder / "after")
        if not scenario.before.services:
            begin(self.after, self.world)

    def go(self, call: int) -> list[str] | None:
        """What is wrong after a mishap at a call; None where the run was through by then."""
        begin(self.before, self.world)
        aim = {**self.after.arguments, "timeout": PATIENCE}
        hurt = run(aim, lambda process: self.mishap.fault(call), self.world.socket)
        self.figures.calls = max(self.figures.calls, min(call, len(hurt.calls)))
        if len(hurt.calls) < call:
            return None
        told = [*self._unlike(hurt), *self._worse(), *self._left()]
        self.figures.count(hurt=True, lost=bool(told))
        return [f"call {call} ({hurt.calls[call - 1]}): {each}" for each in told]

    def _unlike(self, ran: Ran) -> list[str]:
        wrong = [] if self.mishap.told in ran.message else [f"it was told as {ran.message!r}"]
        return [*wrong, *([f"it took {ran.seconds:.0f} s"] if ran.seconds > BOUND else [])]

    def _worse(self) -> list[str]:
        """What is worse than before, and not as it is to be either."""
        if self.mishap.stops_all or not self.before.stack.services:
            return []
        found = [self.world.unanswered(each) for each in (self.before, self.after)]
        return [] if [] in found else [f"it left {found[0]}"]

    def _left(self) -> list[str]:
        """What the next run doesn't mend."""
        mending = run(self.after.arguments, engine=self.world.socket).message
        failed = [f"the next run failed: {mending}"] if mending else []
        return [
            *failed,
            *left_to_do(self.after, self.world),
            *self.world.differences(self.after),
        ]
