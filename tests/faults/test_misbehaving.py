# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An engine that misbehaves in mid-run: what it holds is unknown then, and nothing is lost."""

from __future__ import annotations

import contextlib
import itertools
import pathlib
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

REFUSAL = b'{"message": "out of order"}'
# Seconds that a run waits for an answer here, and that one may take that waits for several.
PATIENCE, BOUND = 1, 20
BY_NAME = {each.name: each for each in SCENARIOS}
CASES = (
    ("first up", "drops the connection"),
    ("image change", "answers 500"),
    ("image change", "drops the connection"),
    ("image change", "hangs"),
    ("network change", "answers 500"),
    ("network change", "drops the connection"),
)


def refuse(peer: socket.socket) -> None:
    """Answer that the engine is out of order."""
    head = b"HTTP/1.1 500 Out of order\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
    peer.sendall(head % len(REFUSAL) + REFUSAL)
    raise Spoiled


def cut(peer: socket.socket, answer: bytes) -> None:
    """Hang up in the middle of the answer, or without a word where there is none but a status."""
    has_body = not answer.endswith(b"\r\n\r\n")
    peer.sendall(answer[: len(answer) // 2] if has_body else b"")


def hang(peer: socket.socket) -> None:
    """Say nothing, until nobody waits any more."""
    with contextlib.suppress(OSError):
        peer.recv(1)
    raise Spoiled


MISHAPS: dict[str, tuple[dict[str, t.Any], str]] = {
    "answers 500": ({"before": refuse}, "out of order"),
    "drops the connection": ({"after": cut}, "it doesn't answer"),
    "hangs": ({"before": hang}, "it doesn't answer"),
}


class Mishap:
    """One way for an engine to misbehave on the way from one stack to another."""

    def __init__(self, name: str, scenario: Scenario, tmp_path: pathlib.Path) -> None:
        self.how, self.told = MISHAPS[name]
        self.figures = figures.begin(f"{scenario.name}: engine {name}")
        self.world = World(tmp_path / "placed")
        self.before = declare(scenario.before, tmp_path / "before")
        self.after = declare(scenario.after, tmp_path / "after")

    def happen(self, call: int) -> list[str] | None:
        """What is wrong after it has happened at a call; None where the run was through by then."""
        aim = {**self.after.arguments, "timeout": PATIENCE}
        hurt = run(aim, lambda process: Fault(call, **self.how))
        if len(hurt.calls) < call:
            self.figures.calls = len(hurt.calls)
            return None
        told = [*self._unlike(hurt), *self._worse(), *self._mended()]
        self.figures.count(hurt=True, lost=bool(told))
        return [f"call {call} ({hurt.calls[call - 1]}): {each}" for each in told]

    def _unlike(self, ran: Ran) -> list[str]:
        wrong = [] if self.told in ran.message else [f"it was told as {ran.message!r}"]
        return [*wrong, *([f"it took {ran.seconds:.0f} s"] if ran.seconds > BOUND else [])]

    def _worse(self) -> list[str]:
        """What is worse than before, and not as it is to be either."""
        if not self.before.stack.services:
            return []
        asked: list[Declared] = [self.before, self.after]
        found = [self.world.unanswered(each) for each in asked]
        return [] if [] in found else [f"it left {found[0]}"]

    def _mended(self) -> list[str]:
        mending = run(self.after.arguments).message
        failed = [f"the next run failed: {mending}"] if mending else []
        return [
            *failed,
            *left_to_do(self.after, self.world),
            *self.world.differences(self.after),
        ]


@pytest.mark.parametrize(("scenario", "name"), CASES)
def test_an_engine_that_misbehaves_at_any_call_costs_nothing_but_the_run(
    scenario: str, name: str, clean: None, tmp_path: pathlib.Path
) -> None:
    mishap = Mishap(name, BY_NAME[scenario], tmp_path)
    if not mishap.before.stack.services:
        begin(mishap.after, mishap.world)
    told: list[str] = []
    for call in itertools.count(1):
        begin(mishap.before, mishap.world)
        wrong = mishap.happen(call)
        if wrong is None:
            break
        told += wrong

    assert not told, "\n".join(told)
