# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real engine that is restarted, hangs, or has a full disk in mid-run."""

from __future__ import annotations

import pathlib
import socket
import typing as t

import pytest

from tests.faults.mishaps import Journey, Mishap
from tests.faults.own_engine import OwnEngine
from tests.faults.proxy import Fault, Spoiled
from tests.faults.scenarios import BUSYBOX, SCENARIOS, WEB_1, WEB_2

IMAGE_CHANGE = next(each for each in SCENARIOS if each.name == "image change")


@pytest.fixture(scope="module")
def own(images: None, tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[OwnEngine]:
    """An engine that nobody else uses."""
    engine = OwnEngine(tmp_path_factory.mktemp("own"))
    engine.load(BUSYBOX, WEB_1, WEB_2)
    yield engine
    engine.close()


def restarts(own: OwnEngine) -> Mishap:
    """It ends before it has the call, and comes up again."""

    def restart(_peer: socket.socket) -> None:
        own.restart()
        raise Spoiled

    return Mishap("restarted", lambda call: Fault(call, restart), "it doesn't answer", True)


def hangs(own: OwnEngine) -> Mishap:
    """It is stopped (SIGSTOP) until the run has given up."""

    def made(call: int) -> Fault:
        return Fault(call, before=lambda _peer: own.freeze(), over=own.thaw)

    return Mishap("stopped", made, "it doesn't answer", True)


def is_full(own: OwnEngine) -> Mishap:
    """Its disk is full until the run has given up."""

    def made(call: int) -> Fault:
        return Fault(call, before=lambda _peer: own.fill(), over=own.clear)

    return Mishap("disk full", made, "no space left on device")


@pytest.mark.parametrize(
    ("make", "calls"),
    [(restarts, (1, 3, 6)), (hangs, (1, 3, 6)), (is_full, (1,))],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_a_real_engine_in_trouble_costs_nothing_but_the_run(
    make: t.Callable[[OwnEngine], Mishap],
    calls: tuple[int, ...],
    own: OwnEngine,
    tmp_path: pathlib.Path,
) -> None:
    journey = Journey(IMAGE_CHANGE, make(own), tmp_path, own.socket)

    told = [journey.go(call) for call in calls]

    assert told == [[] for _call in calls]
