# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting by events: every wait wakes for its own container, and none misses its moment."""

from __future__ import annotations

import queue
import threading
import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import (
    StepError,
    Unreachable,
)
from ansible_collections.slipway.docker.plugins.module_utils.outside import waits
from ansible_collections.slipway.docker.plugins.module_utils.outside.waits import Waits

PATIENCE = 30.0
END = object()


class Engine:
    """Containers with a state each, and streams of events that a test speaks on."""

    def __init__(self) -> None:
        self.states: dict[str, dict[str, t.Any]] = {}
        self.looks: queue.Queue[str] = queue.Queue()
        self.streams: queue.Queue[queue.Queue[t.Any]] = queue.Queue()
        self.asked: list[dict[str, t.Any]] = []

    def get(self, path: str, container: str) -> dict[str, t.Any] | None:
        state = self.states.get(container)
        self.looks.put(container)
        return state

    def stream(self, path: str, **params: t.Any) -> t.Iterator[t.Any]:
        self.asked.append(params)
        events: queue.Queue[t.Any] = queue.Queue()
        self.streams.put(events)
        for event in iter(events.get, END):
            if isinstance(event, Exception):
                raise event
            yield event

    def listener(self) -> queue.Queue[t.Any]:
        return self.streams.get(timeout=PATIENCE)


def event(container: str, name: str = "") -> dict[str, t.Any]:
    return {"Action": "start", "Actor": {"ID": container, "Attributes": {"name": name}}}


def is_up(state: t.Mapping[str, t.Any]) -> bool:
    return bool(state.get("up"))


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def never_look_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing but an event may wake a wait."""
    monkeypatch.setattr(waits, "LOOK_AGAIN", 3600.0)


class Waiting:
    """A wait on another thread."""

    def __init__(self, all_waits: Waits, container: str, done: t.Any = is_up) -> None:
        self.ended: queue.Queue[t.Any] = queue.Queue()
        threading.Thread(target=self._wait, args=(all_waits, container, done), daemon=True).start()

    def _wait(self, all_waits: Waits, container: str, done: t.Any) -> None:
        try:
            self.ended.put(all_waits.until(container, done, PATIENCE))
        except Exception as error:
            self.ended.put(error)

    @property
    def result(self) -> t.Any:
        return self.ended.get(timeout=PATIENCE)


def test_what_is_so_already_is_not_waited_for(engine: Engine) -> None:
    engine.states["a"] = {"up": True}

    assert Waits(engine).until("a", is_up, 0) == {"up": True}  # type: ignore[arg-type]


def test_a_wait_ends_empty_handed_when_its_time_is_over(engine: Engine) -> None:
    assert Waits(engine).until("a", is_up, 0.01) is None  # type: ignore[arg-type]


@pytest.mark.parametrize("told", [event("a"), event("0123", "a")], ids=["by id", "by name"])
def test_an_event_wakes_the_wait_for_its_container(
    engine: Engine, never_look_again: None, told: dict[str, t.Any]
) -> None:
    waiting = Waiting(Waits(engine), "a")  # type: ignore[arg-type]
    events = engine.listener()
    engine.looks.get(timeout=PATIENCE)

    engine.states["a"] = {"up": True}
    events.put(told)

    assert waiting.result == {"up": True}


def test_an_event_of_another_container_wakes_nobody(engine: Engine, never_look_again: None) -> None:
    waiting = Waiting(Waits(engine), "a")  # type: ignore[arg-type]
    events = engine.listener()
    assert engine.looks.get(timeout=PATIENCE) == "a"

    for other in ("b", "c", "aa"):
        events.put(event(other))
    events.put({"Action": "start"})
    engine.states["a"] = {"up": True}
    events.put(event("a"))

    assert waiting.result == {"up": True}
    assert engine.looks.qsize() == 1


def test_what_happens_while_a_wait_looks_is_not_missed(
    engine: Engine, never_look_again: None
) -> None:
    """The event comes after the look and before the sleep, where a careless wait would sleep on."""
    all_waits = Waits(engine)  # type: ignore[arg-type]
    told = threading.Event()

    def done(state: t.Mapping[str, t.Any]) -> bool:
        if not told.is_set():
            engine.states["a"] = {"up": True}
            all_waits._tell({"ID": "a"})
            told.set()
        return is_up(state)

    assert Waiting(all_waits, "a", done).result == {"up": True}


def test_a_hundred_waits_listen_to_one_stream(engine: Engine, never_look_again: None) -> None:
    all_waits = Waits(engine)  # type: ignore[arg-type]
    waiting = [Waiting(all_waits, str(number)) for number in range(100)]
    events = engine.listener()
    for _each in waiting:
        engine.looks.get(timeout=PATIENCE)
    for number in range(100):
        engine.states[str(number)] = {"up": True}
        events.put(event(str(number)))

    assert [each.result for each in waiting] == [{"up": True}] * 100
    assert len(engine.asked) == 1
    assert engine.looks.qsize() == 100


def test_health_checks_that_run_commands_are_not_asked_about(engine: Engine) -> None:
    engine.states["a"] = {"up": True}
    Waits(engine).until("a", is_up, 0)  # type: ignore[arg-type]
    engine.listener()

    filters = engine.asked[0]["filters"]
    assert filters["type"] == ["container"]
    assert "health_status" in filters["event"]
    assert not [each for each in filters["event"] if each.startswith("exec")]


@pytest.mark.parametrize("end", [END, Unreachable("engine", "gone")], ids=["ends", "breaks"])
def test_a_stream_that_is_lost_is_taken_up_again(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, end: t.Any
) -> None:
    monkeypatch.setattr(waits, "LOOK_AGAIN", 0.01)
    waiting = Waiting(Waits(engine), "a")  # type: ignore[arg-type]
    engine.listener().put(end)

    events = engine.listener()
    engine.states["a"] = {"up": True}
    events.put(event("a"))

    assert waiting.result == {"up": True}


def test_a_slow_look_covers_a_stream_that_says_nothing(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waits, "LOOK_AGAIN", 0.01)
    waiting = Waiting(Waits(engine), "a")  # type: ignore[arg-type]
    engine.looks.get(timeout=PATIENCE)

    engine.states["a"] = {"up": True}

    assert waiting.result == {"up": True}


def test_what_the_condition_raises_ends_the_wait(engine: Engine) -> None:
    def refuse(state: t.Mapping[str, t.Any]) -> bool:
        raise StepError("container a", "it exited")

    with pytest.raises(StepError):
        Waits(engine).until("a", refuse, PATIENCE)  # type: ignore[arg-type]


def test_a_container_that_is_gone_has_an_empty_state(engine: Engine) -> None:
    seen: list[t.Any] = []
    Waits(engine).until("a", lambda state: not seen.append(dict(state)), 0)  # type: ignore[arg-type,func-returns-value]

    assert seen == [{}]


def test_an_engine_that_dies_ends_the_wait(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waits, "LOOK_AGAIN", 0.01)
    waiting = Waiting(Waits(engine), "a")  # type: ignore[arg-type]
    engine.looks.get(timeout=PATIENCE)

    def dead(path: str, container: str) -> t.NoReturn:
        raise Unreachable("engine", "gone")

    engine.get = dead  # type: ignore[method-assign]

    assert isinstance(waiting.result, Unreachable)
