# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that is killed at any call is finished or undone by the next, and nothing is lost."""

from __future__ import annotations

import itertools
import os
import pathlib
import signal
import socket
import typing as t

import pytest

from tests.faults import figures
from tests.faults.proxy import Fault, Spoiled
from tests.faults.runs import Ran, run
from tests.faults.scenarios import SCENARIOS, Scenario
from tests.faults.stacks import Declared, declare
from tests.faults.walking import begin, left_to_do
from tests.faults.world import World

# Whether the run dies before the engine has the call, or before it hears the engine's answer.
MOMENTS = ("before", "after")


def killing(call: int, moment: str) -> t.Callable[[int], Fault]:
    """The fault that kills a run at a call."""

    def made(process: int) -> Fault:
        def kill(peer: socket.socket, *_answer: bytes) -> None:
            os.kill(process, signal.SIGKILL)
            raise Spoiled

        return Fault(call, kill) if moment == "before" else Fault(call, after=kill)

    return made


class Way:
    """From one stack to another, again and again."""

    def __init__(
        self, name: str, scenario: Scenario, before: Declared, after: Declared, then: Declared
    ) -> None:
        self.scenario = scenario
        self.before, self.after, self.then = before, after, then
        self.figures = figures.begin(name)
        self.is_through = False

    @property
    def settled(self) -> Declared:
        """What there is in the end."""
        return self.before if self.scenario.fails else self.then

    def go(self, call: int, moment: str, world: World) -> list[str]:
        """Kill a run at a call and let others mend it; returns what they didn't."""
        killed = run(self.after.arguments, killing(call, moment))
        if not killed.killed_by:
            self.is_through, self.figures.calls = True, len(killed.calls)
        told = [
            *self._unlike(killed),
            *self._unlike(run(self.then.arguments)),
            *left_to_do(self.settled, world),
            *world.differences(self.settled),
        ]
        self.figures.count(hurt=bool(killed.killed_by), lost=bool(told))
        return [f"{self.figures.name}, {moment} call {call}: {each}" for each in told]

    def _unlike(self, ran: Ran) -> list[str]:
        if ran.killed_by or bool(ran.message) == self.scenario.fails:
            return []
        return [f"a run failed: {ran.message}" if ran.message else "no run failed"]


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda each: each.name.replace(" ", "-"))
def test_a_run_killed_at_any_call_is_mended_by_the_next(
    scenario: Scenario, clean: None, tmp_path: pathlib.Path
) -> None:
    world = World(tmp_path / "placed")
    before, after = (
        declare(scenario.before, tmp_path / "b"),
        declare(scenario.after, tmp_path / "a"),
    )
    then = declare(scenario.then, tmp_path / "t") if scenario.then else after
    ways = [Way(scenario.name, scenario, before, after, then)]
    if scenario.back:
        ways.append(Way(scenario.back, scenario, after, before, before))
    if not scenario.before.services:
        begin(after, world)
    begin(before, world)
    told: list[str] = []
    here = before
    for call in itertools.count(1):
        for moment, way in itertools.product(MOMENTS, ways):
            if here is not way.before:
                begin(way.before, world)
            told += way.go(call, moment, world)
            here = way.settled
        if all(way.is_through for way in ways):
            break

    assert not told, "\n".join(told)
