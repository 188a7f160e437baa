# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An engine that misbehaves in mid-run: what it holds is unknown then, and nothing is lost."""

from __future__ import annotations

import contextlib
import itertools
import pathlib
import socket

import pytest

from tests.faults.mishaps import Journey, Mishap
from tests.faults.proxy import Fault, Spoiled
from tests.faults.scenarios import SCENARIOS

REFUSAL = b'{"message": "out of order"}'


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


SILENCE = "it doesn't answer"
REFUSES = Mishap("the engine answers 500", lambda call: Fault(call, refuse), "out of order")
CUTS = Mishap("the engine drops the connection", lambda call: Fault(call, after=cut), SILENCE)
HANGS = Mishap("the engine hangs", lambda call: Fault(call, hang), SILENCE)
BY_NAME = {each.name: each for each in SCENARIOS}
CASES = (
    ("first up", CUTS),
    ("image change", REFUSES),
    ("image change", CUTS),
    ("image change", HANGS),
    ("network change", REFUSES),
    ("network change", CUTS),
)


@pytest.mark.parametrize(
    ("scenario", "mishap"), CASES, ids=lambda each: getattr(each, "name", each)
)
def test_an_engine_that_misbehaves_at_any_call_costs_nothing_but_the_run(
    scenario: str, mishap: Mishap, clean: None, tmp_path: pathlib.Path
) -> None:
    journey = Journey(BY_NAME[scenario], mishap, tmp_path)
    told: list[str] = []
    for call in itertools.count(1):
        wrong = journey.go(call)
        if wrong is None:
            break
        told += wrong

    assert not told, "\n".join(told)
