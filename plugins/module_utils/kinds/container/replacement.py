# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replacing a container: the old one is kept until the new one is proven.

The new one is made under a name of its own. Stop-first, the old one is stopped and renamed, and the
new one given the name and started. Start-first, the new one is started and proven under the name of
its own, then the old one is renamed, the new one given the name, and the old one stopped. So a run
that is killed at any moment leaves names by which the next one knows what happened, either way:

- NAME and NAME.slipway-new: the new one was never started, or never proven; it goes.
- NAME.slipway-old and no NAME: the old one gets its name back, and NAME.slipway-new goes.
- NAME and NAME.slipway-old: where NAME is well, or has done its job, the old one goes; else NAME goes.
  It goes as well where it is put back together with others (a transaction), of which nobody knows.

Start-first, the old one runs in all of these until the new one has the name, and the new one has it
only when it is proven: by the last rule it is well, so the old one goes.
"""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.field import Effect
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step, chain
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Found
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.batches import turn
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.bodies import (
    connections,
    creation,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.depends import (
    before_creation,
    before_start,
    waits,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.names import NEW
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.running import (
    proof,
    starts,
    stop,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.situation import (
    Situation,
)

LEFT = "left by an interrupted run"
IN_PLACE = "takes the old one's place"
MAKES_WAY = "makes way for the new one"
BESIDE = "runs beside the old one"


def leftovers(situation: Situation) -> list[Step]:
    """The steps after which what a killed run left is one container under its name."""
    step = situation.request.step
    steps: list[Step] = []
    if situation.left_new is not None:
        steps.append(step("discard new", LEFT, payload={"id": situation.left_new.id}))
    if situation.displaced:
        steps.append(step("reinstate", LEFT, payload={"id": situation.id, "run": False}))
    if situation.left_old is not None and situation.unproven:
        steps.append(step("discard", LEFT, payload={"id": situation.id}))
        steps.append(step("reinstate", LEFT, payload={"id": situation.left_old.id, "run": False}))
    else:
        steps += _clear_old(situation)
    return steps


def all_left(situation: Situation) -> list[Step]:
    """The steps that take away all that a killed run left beside the container."""
    new = situation.left_new
    discard = situation.request.step("discard new", LEFT, payload={"id": _id(new)})
    return [*([discard] if new else ()), *_clear_old(situation)]


def _clear_old(situation: Situation) -> list[Step]:
    """One that was replaced goes; it may still run where it was to stop last."""
    old = situation.left_old
    if old is None:
        return []
    clear = situation.request.step("clear", LEFT, payload={"id": old.id})
    runs = old.facts.get("summary", {}).get("State") == "running"
    return [*([stop(situation, "stop left", LEFT, old)] if runs else ()), clear]


def plan(situation: Situation, why: str) -> list[Step]:
    """The steps that replace the container."""
    needs, delay = turn(situation)
    make = [*leftovers(situation), *_make(situation, why or LEFT, needs)]
    replace = _start_first if situation.overlaps else _stop_first
    return [*delay, *replace(situation, make)]


def _stop_first(situation: Situation, make: t.Sequence[Step]) -> list[Step]:
    """The old one runs until what the new one depends on is there, to be away the least."""
    old = situation.left_old if situation.unproven and situation.left_old else situation.found
    # An interrupted run had stopped the old one, so it runs again if this one fails as well.
    run = situation.interrupted and situation.runs
    needs = before_start(situation) if situation.runs else ()
    stops = situation.running and not situation.unproven
    begin = [
        *make,
        *([_stop_old(situation, old, needs)] if stops else ()),
        *_swap(situation, old, needs, run and not stops),
    ]
    return starts(situation, begin, IN_PLACE, [_remove(situation, old)], undo="halt", gated=True)


def _start_first(situation: Situation, make: t.Sequence[Step]) -> list[Step]:
    """Both run until the new one is proven and has the name."""
    old, needs = situation.found, before_start(situation)
    start = situation.request.step(
        "start new", BESIDE, needs=needs, payload={"container": situation.wanted.name + NEW}
    )
    steps = [
        *make,
        start,
        proof(situation, "before the old one goes", situation.wanted.name + NEW),
        *_swap(situation, old, (), False),
        _stop_old(situation, old, ()),
        _remove(situation, old),
    ]
    return [*chain(steps), *waits(situation)]


def _make(situation: Situation, why: str, needs: tuple[str, ...]) -> list[Step]:
    step, name = situation.request.step, situation.wanted.name + NEW
    create = step(
        "recreate",
        why,
        needs=(*before_creation(situation), *needs),
        effect=Effect.RECREATE,
        undo="discard new",
        payload=creation(situation, name),
    )
    connect = [
        step(
            "connect {0}".format(network),
            "as the old one",
            undo="disconnect",
            payload={"network": network, "container": name, "endpoint": end},
        )
        for network, end in connections(situation).items()
    ]
    return [create, *connect]


def _stop_old(situation: Situation, old: Found | None, needs: tuple[str, ...]) -> Step:
    return stop(situation, "stop old", MAKES_WAY, old, needs=needs, undo="start old")


def _swap(
    situation: Situation, old: Found | None, needs: tuple[str, ...], run: bool
) -> tuple[Step, Step]:
    """The old one gives its name to the new one; ``run``: whether it runs if it gets it back."""
    step, id = situation.request.step, _id(old)
    payload = {"id": id, "run": run}
    return (
        step("retire", MAKES_WAY, needs=needs, undo="reinstate", payload=payload),
        step("promote", IN_PLACE, undo="demote", payload={"old": id}),
    )


def _remove(situation: Situation, old: Found | None) -> Step:
    return situation.request.step("remove old", "replaced", final=True, payload={"id": _id(old)})


def _id(found: Found | None) -> str:
    return found.id if found else ""
