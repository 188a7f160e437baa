# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether containers are well, and stay so for a while."""

from __future__ import annotations

import concurrent.futures
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import StepError
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import identity
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.evidence import (
    evidence,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.proving import (
    death,
    has_ended_well,
    is_healthy,
)

Json = t.Mapping[str, t.Any]


def ailments(
    outside: t.Any, names: t.Sequence[str], monitor: float, timeout: float
) -> list[StepError]:
    """What is wrong with containers: not well within `timeout` seconds, or not for `monitor` seconds after."""

    def ailing(name: str) -> StepError | None:
        problem = _ailment(outside, name, monitor, timeout)
        found = evidence(outside, name) if problem else {}
        return StepError(identity("container", name), problem, evidence=found) if problem else None

    if not names:
        return []
    with concurrent.futures.ThreadPoolExecutor(len(names)) as watchers:
        return [each for each in watchers.map(ailing, names) if each]


def is_well(found: Json) -> bool:
    """Whether it runs, and is healthy if it can tell, or has done its job."""
    state = found.get("State") or {}
    if has_ended_well(found):
        return True
    steady = bool(state.get("Running")) and not state.get("Restarting") and not state.get("Paused")
    return steady and (not state.get("Health") or is_healthy(found))


def trouble(found: Json) -> str:
    """Why it can't be called well any more; empty while it may be or become so."""
    state = found.get("State") or {}
    health = state.get("Health") or {}
    if state.get("Running") and health.get("Status") == "unhealthy":
        return "its health check failed {0} times".format(health.get("FailingStreak"))
    return "it is paused" if state.get("Paused") else death(found)


def _ailment(outside: t.Any, name: str, monitor: float, timeout: float) -> str:
    first = outside.waits.until(name, lambda found: is_well(found) or bool(trouble(found)), timeout)
    if first is None:
        return "not healthy after {0:g} s".format(timeout)
    if not is_well(first):
        return trouble(first)
    last = outside.waits.until(name, lambda found: bool(_turn(first, found)), monitor)
    return "" if last is None else _turn(first, last)


def _turn(first: Json, found: Json) -> str:
    """What became of one that was well; one that starts anew of itself is not."""
    if trouble(found):
        return trouble(found)
    began, begins = (each["State"].get("StartedAt") for each in (first, found))
    return "" if began == begins else "it ended, and was started again"
