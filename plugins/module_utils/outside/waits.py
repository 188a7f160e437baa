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


class Waits:
    """All waits of a run: one stream of events wakes them, and a slow look every few seconds covers a stream that broke."""

    def __init__(self, engine: EngineApi) -> None:
        self._engine = engine
        self._news = threading.Condition()
        self._count = 0
        self._listening = False

    def until(self, container: str, done: t.Callable[[t.Mapping[str, t.Any]], bool], timeout: float) -> t.Any:
        """The container's state when `done` accepts it, or None when `timeout` seconds have passed; what `done` raises ends the wait."""
        self._listen()
        deadline = time.monotonic() + timeout
        while True:
            seen = self._count
            state = self._engine.get("/containers/{0}/json", container) or {}
            if done(state):
                return state
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            with self._news:
                self._news.wait_for(lambda: self._count != seen, min(left, LOOK_AGAIN))

    def _listen(self) -> None:
        with self._news:
            if self._listening:
                return
            self._listening = True
        threading.Thread(target=self._follow, args=(int(time.time()) - 1,), daemon=True).start()

    def _follow(self, since: int) -> None:
        try:
            for _event in self._engine.stream("/events", since=since, filters={"type": ["container"]}):
                self._tell()
        except (SlipwayError, OSError, ValueError):
            pass
        finally:
            with self._news:
                self._listening = False
            self._tell()

    def _tell(self) -> None:
        with self._news:
            self._count += 1
            self._news.notify_all()
