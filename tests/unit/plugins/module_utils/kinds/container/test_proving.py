# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When a wait is over, and what is shown of a container that failed."""

from __future__ import annotations

import types
import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import (
    EngineError,
    StepError,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container import CONTAINER
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.evidence import lines

RUNNING: dict[str, t.Any] = {"Status": "running", "Running": True, "ExitCode": 0}
ENDED: dict[str, t.Any] = {"Status": "exited", "Running": False, "ExitCode": 0}
FAILED: dict[str, t.Any] = {**ENDED, "ExitCode": 3}
RESTARTING: dict[str, t.Any] = {
    **RUNNING,
    "Status": "restarting",
    "Restarting": True,
    "ExitCode": 4,
}


def health(status: str) -> dict[str, t.Any]:
    return {
        **RUNNING,
        "Health": {
            "Status": status,
            "FailingStreak": 3,
            "Log": [{"ExitCode": 7, "Output": "no\n"}],
        },
    }


class Waits:
    """States that are seen one after the other; the time is up when none is left."""

    def __init__(self, states: t.Sequence[t.Mapping[str, t.Any]]) -> None:
        self.states = states

    def until(self, _container: str, done: t.Callable[[t.Any], bool], _timeout: float) -> t.Any:
        told = ({"State": state} if state else {} for state in self.states)
        return next((found for found in told if done(found)), None)


def outcome(verb: str, *states: t.Mapping[str, t.Any]) -> str:
    """How a wait ends: empty where well, or what it says."""
    frame = bytes([1, 0, 0, 0, 0, 0, 0, 5]) + b"oops\n"
    last = {"State": states[-1] if states else {}}
    engine = types.SimpleNamespace(get=lambda *_words: last, text=lambda *_words, **_more: frame)
    outside = types.SimpleNamespace(waits=Waits(states), engine=engine)
    try:
        CONTAINER.actions[verb](
            outside, Step(verb, "container", "web", "why", payload={"timeout": 5})
        )
    except StepError as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    ("verb", "states"),
    [
        ("await healthy", [health("starting"), health("healthy")]),
        ("await healthy", [RESTARTING, health("starting"), health("healthy")]),
        ("await running", [RUNNING]),
        ("await running", [RUNNING, ENDED]),
        ("await completed", [RUNNING, ENDED]),
        ("await possibly completed", [FAILED]),
        ("await possibly healthy", [RUNNING]),
    ],
)
def test_it_ends_well(verb: str, states: list[t.Any]) -> None:
    assert outcome(verb, *states) == ""


@pytest.mark.parametrize(
    ("verb", "states", "problem"),
    [
        ("await healthy", [health("starting")], "not healthy after 5 s"),
        (
            "await healthy",
            [health("starting"), health("unhealthy")],
            "its health check failed 3 times",
        ),
        ("await healthy", [RUNNING], "it has no health check to wait for"),
        ("await healthy", [ENDED], "it ended with exit code 0 before it was healthy"),
        ("await healthy", [FAILED], "it ended with exit code 3"),
        ("await running", [FAILED], "it ended with exit code 3"),
        (
            "await running",
            [RESTARTING],
            "it ended with exit code 4, and is restarted again and again",
        ),
        ("await running", [{}], "it is gone"),
        ("await running", [{"Status": "created"}], "it is created"),
        ("await completed", [FAILED], "it ended with exit code 3"),
        ("await completed", [RUNNING], "not done after 5 s"),
    ],
)
def test_it_ends_badly(verb: str, states: list[t.Any], problem: str) -> None:
    assert outcome(verb, *states).startswith("container web: " + problem)


def test_the_evidence_is_shown() -> None:
    told = outcome("await healthy", health("unhealthy"))

    assert "health log:\n  exit code 7: no" in told
    assert "last log lines:\n  oops" in told


def test_evidence_that_is_not_to_be_had_hides_no_failure() -> None:
    def fail(*_words: t.Any, **_more: t.Any) -> t.NoReturn:
        raise EngineError("GET /containers/web/json", "no")

    outside = types.SimpleNamespace(
        waits=Waits([FAILED]), engine=types.SimpleNamespace(get=fail, text=fail)
    )
    with pytest.raises(StepError, match="it ended with exit code 3"):
        CONTAINER.actions["await running"](
            outside, Step("await running", "container", "web", "why")
        )


def test_the_pieces_of_a_log_are_put_together() -> None:
    pieces = b"".join(
        bytes([stream, 0, 0, 0, 0, 0, 0, len(text)]) + text
        for stream, text in ((1, b"on"), (2, b"e\ntwo\n"))
    )

    assert lines(pieces, tty=False) == ["one", "two"]
    assert lines(b"one\r\ntwo", tty=True) == ["one", "two"]


def test_what_the_engine_would_leave_out_is_an_error() -> None:
    removed: list[str] = []
    made = {
        "Id": "abc",
        "Warnings": ["Your kernel does not support X. X discarded.", "something else"],
    }
    engine = types.SimpleNamespace(
        post=lambda *_words, **_more: made, delete=lambda _path, id, **_more: removed.append(id)
    )
    payload: dict[str, t.Any] = {"name": "web", "platform": None, "body": {}}

    with pytest.raises(StepError, match="can't honour it: Your kernel does not support X"):
        CONTAINER.actions["create"](
            types.SimpleNamespace(engine=engine),
            Step("create", "container", "web", "why", payload=payload),
        )
    assert removed == ["abc"]
