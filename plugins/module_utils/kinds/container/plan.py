# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What it takes to have a container as wanted, in every state that it can be wanted in."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.diff import causes
from ansible_collections.slipway.docker.plugins.module_utils.core.field import Effect
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Request, Step, chain
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import identity
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container import replacement
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.bodies import (
    connections,
    creation,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.depends import (
    before_creation,
    before_end,
    remade,
    restarted,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.effects import (
    effect,
    reverting_body,
    update_body,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.mounts import ANONYMOUS
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.networks import (
    endpoint,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.refusals import refuse
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.running import (
    proof,
    starts,
    stop,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.situation import (
    STARTED,
    Situation,
)


def plan(request: Request) -> list[Step]:
    """The steps for one container."""
    situation = Situation(request)
    if request.wanted.state == "absent":
        return _removal(situation)
    if situation.found is None and request.wanted.identity in request.expected:
        return []
    refuse(situation)
    if situation.found is None:
        return _fresh(situation)
    why = _reason_to_replace(situation)
    if why or situation.unproven:
        return replacement.plan(situation, why)
    return _kept(situation)


def _removal(situation: Situation) -> list[Step]:
    request = situation.request
    cause = request.cause or "state: absent"
    steps = replacement.all_left(situation)
    if situation.running:
        steps.append(_stop(situation, cause))
    if situation.found is not None:
        volumes = bool(situation.wanted.options.get("remove_volumes")) and bool(
            _anonymous(situation)
        )
        steps.append(
            request.step(
                "remove",
                cause,
                needs=before_end(situation, "stop", "remove"),
                final=True,
                effect=Effect.DESTROY if volumes else None,
                payload={"id": situation.found.id, "volumes": volumes},
            )
        )
    return chain(steps)


def _stop(situation: Situation, cause: str) -> Step:
    way_back: dict[str, t.Any] = {"undo": "start old", "lasting": True}
    needs = before_end(situation, "stop")
    return stop(situation, "stop", cause, situation.found, needs=needs, **way_back)


def _anonymous(situation: Situation) -> list[str]:
    mounts = situation.inspect.get("Mounts") or ()
    return [mount["Name"] for mount in mounts if ANONYMOUS.match(mount.get("Name") or "")]


def _fresh(situation: Situation) -> list[Step]:
    request, name = situation.request, situation.wanted.name
    create = request.step(
        "create",
        needs=before_creation(situation),
        undo="unmake",
        lasting=True,
        payload=creation(situation, name),
    )
    connect = [
        _connect(situation, network, end, request.why, undo="disconnect", lasting=True)
        for network, end in connections(situation).items()
    ]
    made = [*replacement.leftovers(situation), create, *connect]
    return starts(situation, made, "state: started", undo="halt", lasting=True)


def _connect(
    situation: Situation, network: str, end: t.Mapping[str, t.Any], cause: str, **details: t.Any
) -> Step:
    payload = {"network": network, "container": situation.wanted.name, "endpoint": end}
    return situation.request.step("connect {0}".format(network), cause, payload=payload, **details)


def _reason_to_replace(situation: Situation) -> str:
    if effect(situation) is Effect.RECREATE:
        return causes(situation.changes)
    image = situation.fields.get("image")
    if image and identity("image", image) in situation.request.coming:
        return "image {0!r} -> new content".format(image)
    forced = "recreate: true" if situation.wanted.options.get("recreate") else ""
    return remade(situation) or forced


def _kept(situation: Situation) -> list[Step]:
    """A container that stays: updated in place, reconnected, brought to its state."""
    updates = _updates(situation)
    # What can't be taken back comes last where nothing has to wait for it.
    late = [step for step in updates if step.final and situation.running]
    early = [step for step in updates if step not in late]
    steps = [*replacement.leftovers(situation), *early, *_reconnections(situation)]
    if situation.running and situation.wanted.state == "stopped":
        return chain([*steps, _stop(situation, "state: stopped"), *late])
    if situation.running:
        return _stays_running(situation, steps, late)
    if situation.wanted.state != STARTED:
        return chain(steps)
    if situation.has_done_its_job and not situation.interrupted:
        return chain(steps)
    drift = situation.request.was_so and not situation.interrupted
    cause = _how_found(situation)
    return starts(situation, steps, cause, undo="halt", lasting=True, drift=drift)


def _how_found(situation: Situation) -> str:
    status = str(situation.state.get("Status", "stopped"))
    code = " ({0})".format(situation.state.get("ExitCode")) if status == "exited" else ""
    return "found {0}{1}".format(status, code)


def _stays_running(situation: Situation, steps: list[Step], late: list[Step]) -> list[Step]:
    why = restarted(situation)
    if why:
        return starts(
            situation,
            steps,
            why,
            late,
            verb="restart",
            effect=Effect.RESTART,
            payload={"timeout": situation.stop_timeout},
        )
    if situation.wanted.state != STARTED:
        return chain([*steps, *late])
    if situation.paused:
        details: dict[str, t.Any] = {"undo": "pause", "lasting": True}
        drift = situation.request.was_so
        steps.append(situation.request.step("unpause", "found paused", drift=drift, **details))
    if situation.wanted.options.get("wait") and not situation.is_healthy:
        steps.append(proof(situation, "found {0}".format(situation.health)))
    return chain([*steps, *late])


def _updates(situation: Situation) -> list[Step]:
    body = update_body(situation)
    if not body:
        return []
    cause = causes(
        change for change in situation.changes if not change.field.startswith("networks.")
    )
    before = reverting_body(situation, body)
    return [
        situation.request.step(
            "update",
            cause,
            effect=Effect.UPDATE,
            undo="revert" if before else "",
            lasting=True,
            # A limit that wasn't there before can't be lifted in place.
            final=not before,
            payload={"id": situation.id, "body": body, "before": before},
        )
    ]


def _reconnections(situation: Situation) -> t.Iterator[Step]:
    found = situation.found.fields.get("networks", {}) if situation.found else {}
    wanted = situation.fields.get("networks") or {}
    for name in sorted({*found, *wanted}):
        # A container that is on no network at all, or is to be on none, differs as a whole.
        whole, own = "networks", "networks.{0}.".format(name)
        changes = [
            change
            for change in situation.changes
            if change.field == whole or (change.field + ".").startswith(own)
        ]
        if not changes:
            continue
        details: dict[str, t.Any] = {"effect": Effect.RECONNECT}
        if name in found:
            payload = {
                "network": name,
                "container": situation.wanted.name,
                "endpoint": endpoint(found[name]),
            }
            yield situation.request.step(
                "disconnect {0}".format(name),
                causes(changes),
                undo="reconnect",
                payload=payload,
                **details,
            )
        if name in wanted:
            end = connections(situation, [name])[name]
            yield _connect(situation, name, end, causes(changes), undo="disconnect", **details)
