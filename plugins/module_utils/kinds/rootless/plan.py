# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan for a user's engine; each part looks at the scene and adds its step where it is needed."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.diff import causes
from ansible_collections.slipway.docker.plugins.module_utils.core.field import Effect
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import (
    AWAIT,
    Request,
    Step,
    chain,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import config
from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless import subids
from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless.facts import (
    SUBGID,
    SUBUID,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless.leaving import leave
from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless.scene import (
    INTERRUPTED,
    Scene,
    look,
    what_stops,
)

SUBIDS = "add-subids"
EDITED, NEW = "the unit was edited", "no unit"


def plan(request: Request) -> list[Step]:
    """The steps, each needing the one before it."""
    scene = look(request)
    parts = (leave,) if request.wanted.state == "absent" else PRESENT
    return chain([step for part in parts for step in part(scene)])


def add_subids(scene: Scene) -> t.Iterator[Step]:
    """Subordinate ids, beyond those that others have or get in this very plan."""
    host, note = scene.host, scene.user.note
    ranges = {SUBUID: host.subuids, SUBGID: host.subgids}
    paths = tuple(path for path in ranges if scene.lacks(ranges[path]))
    if not paths:
        return
    earlier = [step for step in scene.request.earlier if step.verb == SUBIDS]
    yield scene.request.step(
        SUBIDS,
        "no {0} subordinate ids in {1}".format(subids.ENOUGH, ", ".join(paths)),
        # One at a time, since each locks the files for itself.
        needs=tuple(step.key for step in earlier),
        drift=bool(note.subuids or note.subgids) and scene.request.was_so,
        payload={**scene.acting, "paths": paths, "range": _numbers(scene, earlier)},
    )


def _numbers(scene: Scene, earlier: t.Iterable[Step]) -> str:
    host, note = scene.host, scene.user.note
    coming = [subids.range_of(step.payload["range"]) for step in earlier]
    taken = (*host.subuids, *host.subgids, *coming)
    ours = (*note.subuids, *note.subgids)
    return subids.still_free(ours, taken, scene.owners) or subids.free(taken)


def linger(scene: Scene) -> t.Iterator[Step]:
    """A service manager that runs for the user from the host's start on, logged in or not."""
    if not scene.user.lingers:
        cause, drift = "it would end when the user logs out", scene.request.was_so
        yield scene.request.step("linger", cause, drift=drift, payload=scene.acting)


def configure(scene: Scene) -> t.Iterator[Step]:
    """daemon.json, with nothing but our keys changed."""
    if scene.of_config:
        mode = config.mode(scene.user.config, scene.text or "")
        payload = {**scene.acting, "text": scene.text, "mode": mode}
        cause = causes(scene.of_config)
        yield scene.request.step("configure", cause, undo="put-back", payload=payload)


def place_unit(scene: Scene) -> t.Iterator[Step]:
    """The unit, which is ours as a whole."""
    if not scene.is_unit_there:
        drift = scene.request.was_so and not scene.of_environment
        payload = {**scene.acting, "text": scene.unit}
        cause = _unit_cause(scene)
        yield scene.request.step("place-unit", cause, undo="put-back", drift=drift, payload=payload)


def enable(scene: Scene) -> t.Iterator[Step]:
    """The start with the user's service manager."""
    if scene.user.runs and not scene.user.service.is_enabled:
        drift = scene.request.was_so
        yield scene.request.step("enable", "not started at boot", drift=drift, payload=scene.acting)


def activate(scene: Scene) -> t.Iterator[Step]:
    """Start, restart or reload: at most one of them."""
    details: dict[str, t.Any] = {"payload": scene.acting}
    details["undo"] = "put-back" if scene.is_new else ""
    if not scene.user.runs:
        drift = scene.request.was_so and not scene.is_pending
        yield scene.request.step("start", "not running", drift=drift, **details)
    elif scene.due is Effect.RESTART:
        cause = "{0}; {1}".format(_activation_cause(scene), what_stops(scene.user))
        drift = scene.request.was_so and not (scene.changes or scene.is_pending)
        yield scene.request.step("restart", cause, effect=scene.due, drift=drift, **details)
    elif scene.due is Effect.RELOAD:
        cause = _activation_cause(scene)
        yield scene.request.step("reload", cause, effect=scene.due, **details)


def ready(scene: Scene) -> t.Iterator[Step]:
    """Waiting until the API answers, where that isn't sure, or wasn't noted by a killed run."""
    is_sure = scene.user.runs and scene.user.answers and not scene.user.note.pending
    if scene.due is Effect.RESTART or not is_sure:
        undo = "put-back" if scene.is_new else ""
        verb, cause = "{0} ready".format(AWAIT), "the engine has to answer"
        yield scene.request.step(verb, cause, undo=undo, payload=scene.acting)


def _unit_cause(scene: Scene) -> str:
    return NEW if scene.user.unit is None else causes(scene.of_environment) or EDITED


def _activation_cause(scene: Scene) -> str:
    told = causes(scene.changes)
    return told or (INTERRUPTED if scene.is_unit_there else _unit_cause(scene))


PRESENT = (add_subids, linger, configure, place_unit, enable, activate, ready)
