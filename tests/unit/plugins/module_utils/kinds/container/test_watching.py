# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a container counts as well, and what is said of one that doesn't."""

from __future__ import annotations

import types
import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.watching import (
    ailments,
)

RUNNING: dict[str, t.Any] = {"Status": "running", "Running": True, "ExitCode": 0, "StartedAt": "1"}
ENDED: dict[str, t.Any] = {**RUNNING, "Status": "exited", "Running": False}


def health(status: str) -> dict[str, t.Any]:
    log = [{"ExitCode": 7, "Output": "no\n"}]
    return {**RUNNING, "Health": {"Status": status, "FailingStreak": 3, "Log": log}}


class Waits:
    """States that are seen one after the other; the time of a wait is up when none is left."""

    def __init__(self, states: t.Sequence[t.Mapping[str, t.Any]]) -> None:
        self.left = [{"State": state} if state else {} for state in states]

    def until(self, _container: str, done: t.Callable[[t.Any], bool], _timeout: float) -> t.Any:
        while self.left:
            found = self.left.pop(0)
            if done(found):
                return found
        return None


def told(*states: t.Mapping[str, t.Any]) -> list[str]:
    frame = bytes([1, 0, 0, 0, 0, 0, 0, 5]) + b"oops\n"
    last = {"State": states[-1] if states else {}}
    engine = types.SimpleNamespace(get=lambda *_words: last, text=lambda *_words, **_more: frame)
    outside = types.SimpleNamespace(waits=Waits(states), engine=engine)
    return [str(each) for each in ailments(outside, ["web"], 10, 120)]


@pytest.mark.parametrize(
    "states",
    [
        [RUNNING],
        [RUNNING, RUNNING],
        [health("starting"), health("healthy"), health("healthy")],
        [ENDED],
        [RUNNING, ENDED],
    ],
)
def test_what_runs_is_healthy_or_did_its_job_is_well(states: list[dict[str, t.Any]]) -> None:
    assert told(*states) == []


@pytest.mark.parametrize(
    ("states", "problem"),
    [
        ([{}], "it is gone"),
        ([health("starting")], "not healthy after 120 s"),
        ([health("unhealthy")], "its health check failed 3 times"),
        ([{**ENDED, "ExitCode": 3}], "it ended with exit code 3"),
        ([{**RUNNING, "Paused": True}], "it is paused"),
        ([health("healthy"), health("unhealthy")], "its health check failed 3 times"),
        ([RUNNING, {**ENDED, "ExitCode": 3}], "it ended with exit code 3"),
        ([RUNNING, {**RUNNING, "StartedAt": "2"}], "it ended, and was started again"),
        ([RUNNING, {}], "it is gone"),
    ],
)
def test_what_is_not_well_is_told(states: list[dict[str, t.Any]], problem: str) -> None:
    (message,) = told(*states)

    assert message.startswith("container web: " + problem)


def test_it_is_told_with_its_exit_code_its_health_log_and_its_last_log_lines() -> None:
    (message,) = told(health("unhealthy"))

    for part in ("running, exit code 0", "exit code 7: no", "last log lines:\n  oops"):
        assert part in message


def test_where_nothing_has_to_run_nothing_is_wrong() -> None:
    assert ailments(None, [], 10, 120) == []
