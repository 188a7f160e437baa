# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replacing a container: the old one is kept until the new one is proven.

The new one is made under a name of its own, the old one stopped and renamed, the new one given the
name and started. So a run that is killed at any moment leaves names by which the next one knows
what happened:

- NAME and NAME.slipway-new: the new one was never started; it goes.
- NAME.slipway-old and no NAME: the old one gets its name back.
- NAME and NAME.slipway-old: where NAME is well, or has done its job, the old one goes; else NAME goes.
"""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.field import Effect
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Found
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.bodies import (
    connections,
    creation,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.depends import (
    before_creation,
    before_start,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.names import NEW
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.running import (
    starts,
    stop,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.situation import (
    Situation,
)

LEFT = "left by an interrupted run"
IN_PLACE = "takes the old one's place"


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
    elif situation.left_old is not None:
        steps.append(step("clear", LEFT, payload={"id": situation.left_old.id}))
    return steps


def all_left(situation: Situation) -> list[Step]:
    """The steps that take away all that a killed run left beside the container."""
    left = (("discard new", situation.left_new), ("clear", situation.left_old))
    return [
        situation.request.step(verb, LEFT, payload={"id": found.id})
        for verb, found in left
        if found is not None
    ]


def plan(situation: Situation, why: str) -> list[Step]:
    """The steps that replace the container."""
    old = situation.left_old if situation.unproven and situation.left_old else situation.found
    # An interrupted run had stopped the old one, so it runs again if this one fails as well.
    run = situation.interrupted and situation.runs
    begin = [
        *leftovers(situation),
        *_make(situation, why or LEFT),
        *_take_down(situation, t.cast(Found, old), run),
    ]
    payload = {"id": t.cast(Found, old).id}
    remove = situation.request.step("remove old", "replaced", tidies=True, payload=payload)
    return starts(situation, begin, IN_PLACE, [remove], undo="halt", gated=True)


def _make(situation: Situation, why: str) -> list[Step]:
    step, name = situation.request.step, situation.wanted.name + NEW
    create = step(
        "recreate",
        why,
        needs=before_creation(situation),
        effect=Effect.RECREATE,
        undo="discard new",
        payload=creation(situation, name),
    )
    connect = [
        step(
            "connect {0}".format(network),
            "as the old one",
            payload={"network": network, "container": name, "endpoint": end},
        )
        for network, end in connections(situation).items()
    ]
    return [create, *connect]


def _take_down(situation: Situation, old: Found, run: bool) -> list[Step]:
    """The old one runs until what the new one depends on is there, to be away the least."""
    needs = before_start(situation) if situation.runs else ()
    stops = [
        stop(situation, "stop old", "makes way for the new one", old, needs=needs, undo="start old")
    ]
    return [
        *(stops if situation.running and not situation.unproven else ()),
        situation.request.step(
            "retire",
            "makes way for the new one",
            needs=needs,
            undo="reinstate",
            payload={"id": old.id, "run": run},
        ),
        situation.request.step("promote", IN_PLACE, undo="demote", payload={"old": old.id}),
    ]
