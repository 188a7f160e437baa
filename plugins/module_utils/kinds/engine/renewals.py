# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The acts on packages: prepared, installed, changed, held, and brought back if they fail."""

from __future__ import annotations

import contextlib
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import StepError
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import (
    notes,
    taking_up,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.managers import MANAGERS
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.orders import Order, order


def prepare(outside: t.Any, step: Step) -> None:
    """Install what it takes to reach a repository."""
    MANAGERS[step.payload["manager"]].install(outside, Order(step.payload["names"]))


def change(outside: t.Any, step: Step) -> None:
    """Have the packages as ordered, and note first what a running engine has to be restarted for."""
    payload = step.payload
    if payload["renews"]:
        handling = payload["service"]
        notes.change(
            outside,
            pending="restart",
            engine=handling["pid"],
            before=payload["before"],
            files=payload["files_before"],
            versions=payload["versions"],
            came=payload["came"],
        )
    MANAGERS[payload["manager"]].install(outside, order(payload))
    if payload.get("goes"):
        outside.remove(taking_up.PURGER)


def hold(outside: t.Any, step: Step) -> None:
    """Hold packages at their version."""
    known = {*notes.read(outside).held, *step.payload["names"]}
    notes.change(outside, held=tuple(sorted(known)))
    MANAGERS[step.payload["manager"]].hold(outside, step.payload["names"])


def release(outside: t.Any, step: Step) -> None:
    """Let packages go that we held."""
    MANAGERS[step.payload["manager"]].release(outside, step.payload["names"])
    left = (name for name in notes.read(outside).held if name not in step.payload["names"])
    notes.change(outside, held=tuple(left))


def bring_back(outside: t.Any, step: Step) -> None:
    """The packages and the files that there were, and the engine running as it did."""
    payload = step.payload
    taking_up.write_back(outside, payload)
    try:
        _return(outside, payload)
    except StepError:
        # With its old settings, the engine that is there may do yet.
        with contextlib.suppress(StepError):
            taking_up.run_as_before(outside, payload)
        raise
    taking_up.run_as_before(outside, payload)


def _return(outside: t.Any, payload: t.Mapping[str, t.Any]) -> None:
    """The old packages, from where they are offered or from the files that they once came in."""
    manager, before = MANAGERS[payload["manager"]], payload["versions"]
    there = manager.look(outside, [*before, *payload["came"]]).installed
    if any(there.get(name) != version for name, version in before.items()):
        goes = tuple(name for name in payload["came"] if name in there)
        manager.install(outside, Order(tuple(before), before, goes, unlocks=True))
        held = [name for name in notes.read(outside).held if name in before]
        if held:
            manager.hold(outside, held)
