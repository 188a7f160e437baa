# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The waits: until a container is healthy, stays up, or has done its job."""

from __future__ import annotations

import contextlib
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import StepError
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.evidence import (
    evidence,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.names import called

# Seconds that a container without a health check has to stay up; most of what can't start dies in
# the first moments.
SETTLED = 0.5
Json = t.Mapping[str, t.Any]


def await_healthy(outside: t.Any, step: Step) -> None:
    """Wait until the health check passes; one that dies or is unhealthy ends the wait."""
    seen = outside.waits.until(
        called(step), lambda found: is_healthy(found) or bool(doom(found)), step.payload["timeout"]
    )
    if seen is None:
        _fail(outside, step, "not healthy after {0} s".format(step.payload["timeout"]))
    elif not is_healthy(seen):
        _fail(outside, step, doom(seen))


def await_running(outside: t.Any, step: Step) -> None:
    """Wait long enough to see that it stays up; a job may end well meanwhile."""
    seen = outside.waits.until(
        called(step),
        lambda found: bool(death(found)) or has_ended_well(found),
        step.payload.get("monitor", SETTLED),
    )
    if seen is not None and death(seen):
        _fail(outside, step, death(seen))


def await_completed(outside: t.Any, step: Step) -> None:
    """Wait until it has ended well."""
    seen = outside.waits.until(
        called(step),
        lambda found: has_ended_well(found) or bool(death(found)),
        step.payload["timeout"],
    )
    if seen is None:
        _fail(outside, step, "not done after {0} s".format(step.payload["timeout"]))
    elif death(seen):
        _fail(outside, step, death(seen))


def await_delay(outside: t.Any, step: Step) -> None:
    """Let the time pass that was asked for between two batches."""
    outside.pause(step.payload["seconds"])


def is_healthy(found: Json) -> bool:
    """Whether it runs and its check says so."""
    state = found.get("State") or {}
    return bool(state.get("Running")) and (state.get("Health") or {}).get("Status") == "healthy"


def has_ended_well(found: Json) -> bool:
    """Whether it ran, ended with 0, and stays ended."""
    state = found.get("State") or {}
    return state.get("Status") == "exited" and state.get("ExitCode") == 0


def death(found: Json) -> str:
    """Why it doesn't run and didn't end well; empty where it does, or did."""
    state = found.get("State") or {}
    if not state:
        return "it is gone"
    if state.get("Restarting"):
        return "it ended with exit code {0}, and is restarted again and again".format(
            state.get("ExitCode")
        )
    if state.get("Running") or has_ended_well(found):
        return ""
    return (
        "it ended with exit code {0}".format(state.get("ExitCode"))
        if state.get("Status") == "exited"
        else "it is {0}".format(state.get("Status"))
    )


def doom(found: Json) -> str:
    """Why it won't become healthy; empty while it may. One that is restarted may yet."""
    state = found.get("State") or {}
    health = state.get("Health") or {}
    if state.get("Restarting"):
        return ""
    if state.get("Running") and health.get("Status", "none") == "none":
        return "it has no health check to wait for"
    if health.get("Status") == "unhealthy" and state.get("Running"):
        return "its health check failed {0} times".format(health.get("FailingStreak"))
    if has_ended_well(found):
        return "it ended with exit code 0 before it was healthy"
    return death(found)


def _fail(outside: t.Any, step: Step, problem: str) -> t.NoReturn:
    raise StepError(step.identity, problem, evidence=evidence(outside, called(step)))


def _possibly(wait: t.Callable[[t.Any, Step], None]) -> t.Callable[[t.Any, Step], None]:
    def try_it(outside: t.Any, step: Step) -> None:
        # Its dependent says that it does without (`required: false`).
        with contextlib.suppress(StepError):
            wait(outside, step)

    return try_it


_ALL = {"healthy": await_healthy, "running": await_running, "completed": await_completed}
ACTIONS: dict[str, t.Callable[[t.Any, Step], None]] = {
    "await delay": await_delay,
    **{"await {0}".format(word): wait for word, wait in _ALL.items()},
    **{"await {0} new".format(word): wait for word, wait in _ALL.items()},
    **{"await possibly {0}".format(word): _possibly(wait) for word, wait in _ALL.items()},
}
