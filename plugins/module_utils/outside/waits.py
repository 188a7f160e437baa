# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting for containers by listening to the engine's events instead of asking again and again."""

from __future__ import annotations

import threading
import time
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import SlipwayError
from ansible_collections.slipway.docker.plugins.module_utils.outside.engine_api import EngineApi

LOOK_AGAIN = 5.0
# Health checks that run as commands make events of their own, which tell nothing that these don't.
TELLING = (
    "create",
    "start",
    "health_status",
    "pause",
    "unpause",
    "rename",
    "stop",
    "kill",
    "oom",
    "die",
    "destroy",
)
FILTERS = {"type": ["container"], "event": list(TELLING)}


class Waits:
    """All waits of a run: one stream of events wakes each for its own container.

    A slow look every few seconds covers what the stream can't tell, since it broke or never came.
    """

    def __init__(self, engine: EngineApi) -> None:
        self._engine = engine
        self._news = threading.Condition()
        self._count: dict[str, int] = {}
        self._listening = False

    def until(
        self, container: str, done: t.Callable[[t.Mapping[str, t.Any]], bool], timeout: float
    ) -> t.Any:
        """The state of a container (by its name or whole id) when `done` accepts it.

        None when `timeout` seconds have passed; what `done` raises ends the wait. A container that
        isn't there has an empty state.
        """
        deadline = time.monotonic() + timeout
        while True:
            self._listen()
            seen = self._count.get(container)
            state = self._engine.get("/containers/{0}/json", container) or {}
            if done(state):
                return state
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            self._wait_for_news(container, seen, min(left, LOOK_AGAIN))

    def _wait_for_news(self, container: str, seen: int | None, timeout: float) -> None:
        with self._news:
            self._news.wait_for(lambda: self._count.get(container) != seen, timeout)

    def _listen(self) -> None:
        with self._news:
            if self._listening:
                return
            self._listening = True
        # The second before counts too: what happens while the stream is set up must not be missed.
        since = int(time.time()) - 1
        threading.Thread(target=self._follow, args=(since,), daemon=True).start()

    def _follow(self, since: int) -> None:
        try:
            for event in self._engine.stream("/events", since=since, filters=FILTERS):
                self._tell(event.get("Actor") or {})
        except SlipwayError:
            pass
        finally:
            with self._news:
                self._listening = False

    def _tell(self, actor: t.Mapping[str, t.Any]) -> None:
        with self._news:
            for name in (actor.get("ID"), (actor.get("Attributes") or {}).get("name")):
                if name:
                    self._count[name] = self._count.get(name, 0) + 1
            self._news.notify_all()
