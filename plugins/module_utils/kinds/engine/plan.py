# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What it takes to have the engine as wanted, restarted at most once."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.diff import Change, causes
from ansible_collections.slipway.docker.plugins.module_utils.core.field import Effect
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import (
    AWAIT,
    Request,
    Step,
    chain,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import (
    certificate,
    config,
    installing,
    moving,
    remapping,
    sourcing,
    unpacking,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.costs import what_stops
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.kernel.plan import (
    load_modules,
    refuse,
    set_sysctls,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.leaving import leave
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.ports.plan import (
    guard,
    unguard,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.scene import (
    INTERRUPTED,
    Scene,
    look,
    root,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.service import SYSTEMD

BRING_BACK = "bring-back"
HIDDEN = "its images and containers are out of sight as long as this is so"
FLUSHED = "its own rules are gone from iptables"
NO_MORE = "a certificate that is no longer used"
LATER = "takes effect when the engine, which was started by hand, is started again"


def plan(request: Request) -> list[Step]:
    """The steps, each needing the one before it."""
    scene = look(request)
    refuse(scene.host.kernel)
    parts = (leave,) if request.wanted.state == "absent" else PRESENT
    return chain(one_way_back([step for part in parts for step in part(scene)]))


def one_way_back(steps: t.Iterable[Step]) -> t.Iterator[Step]:
    """The same steps, of which the first that can brings all back that the others changed."""
    can = False
    for step in steps:
        yield dataclasses.replace(step, undo="") if can and step.undo == BRING_BACK else step
        can = can or step.undo == BRING_BACK


def release(scene: Scene) -> t.Iterator[Step]:
    """The policy that a killed installation left, where no other installation takes it away."""
    is_busy = scene.renewal.change or scene.renewal.goes or any(installing.install(scene))
    if scene.host.is_held_back and not is_busy:
        yield scene.request.step("release", INTERRUPTED)


def drop_users(scene: Scene) -> t.Iterator[Step]:
    """Accounts that we put into the group, and that are no longer wanted there."""
    ours = [name for name in scene.host.note.users if name in scene.host.members]
    names = tuple(name for name in ours if name not in scene.options.get("users", ()))
    if names:
        cause = "{0} no longer wanted".format(", ".join(names))
        yield scene.request.step("drop-users", cause, payload={"users": names})


def add_users(scene: Scene) -> t.Iterator[Step]:
    """Accounts that are not in the group docker yet."""
    wanted = dict.fromkeys(scene.options.get("users", ()))
    names = tuple(name for name in wanted if name not in scene.host.members)
    if names:
        cause = "{0} not in the group docker".format(", ".join(names))
        yield scene.request.step("add-users", cause, payload={"users": names})


def enable(scene: Scene) -> t.Iterator[Step]:
    """The start at boot."""
    found = scene.engine.service
    if found.manager == SYSTEMD and not found.is_enabled:
        yield scene.request.step("enable", "not started at boot", drift=scene.request.was_so)


def certify(scene: Scene) -> t.Iterator[Step]:
    """The certificate of the engine's API, beside the one that it has."""
    if scene.new_slot:
        cause = causes(change for change in scene.changes if root(change) == certificate.NAME)
        payload = {"parcels": (certificate.PARCEL,), "slots": (scene.new_slot,)}
        yield scene.request.step("certify", cause, undo="discard", payload=payload)


def place(scene: Scene) -> t.Iterator[Step]:
    """The files of the engine's parts."""
    if scene.placements:
        changes = scene.changes_of_parts
        cause = causes(changes) + _later(scene, changes)
        payload = {"files": scene.placements, "placed": scene.placed, **scene.way_back}
        yield scene.request.step("place", cause, undo=scene.undo, payload=payload)


def move_data(scene: Scene) -> t.Iterator[Step]:
    """The data root copied to where it has to be, while the engine is stopped."""
    yield from moving.leftovers(scene.request, scene.host, scene.engine)
    yield from moving.before(scene.request, scene.engine, scene.way_back)


def drop_data(scene: Scene) -> t.Iterator[Step]:
    """The old data root given up, once all is seen in the new one."""
    yield from moving.after(scene.request, scene.host, scene.engine)


def add_ranges(scene: Scene) -> t.Iterator[Step]:
    """The subordinate ids that remapped users need."""
    yield from remapping.add(scene.request, scene.host.remap)


def drop_ranges(scene: Scene) -> t.Iterator[Step]:
    """Subordinate ids of ours that no engine uses any more."""
    yield from remapping.drop(scene.request, scene.host.remap, scene.host.note.ranges)


def configure(scene: Scene) -> t.Iterator[Step]:
    """daemon.json, with nothing but our keys changed."""
    changes = scene.changes_of_config
    if not changes:
        return
    text = config.render(scene.config_to_be)
    told = [causes(changes) + _later(scene, changes), *([HIDDEN] if scene.hides else [])]
    mode = config.mode(scene.engine.config, text or "")
    details = {
        "payload": {"text": text, "mode": mode, **scene.way_back},
        "effect": Effect.DESTROY if scene.hides else None,
    }
    yield scene.request.step("configure", "; ".join(told), undo=scene.undo, **details)


def activate(scene: Scene) -> t.Iterator[Step]:
    """Start, restart or reload: at most one of them."""
    why = (scene.renewal.cause, causes(scene.changes_of_engine))
    cause = "; ".join(each for each in why if each) or (
        INTERRUPTED if scene.is_pending else FLUSHED
    )
    undo = scene.undo if scene.is_pending or scene.changes or scene.renewal.cause else ""
    details: dict[str, t.Any] = {"undo": undo, "payload": scene.way_back}
    if scene.engine.move:
        yield scene.request.step("start", cause, **details)
    elif not scene.engine.runs:
        drift = scene.request.was_so and not scene.is_pending
        yield scene.request.step("start", "not running", drift=drift, **details)
    elif scene.due is Effect.RESTART:
        details["drift"] = cause == FLUSHED
        cause = "{0}; {1}".format(cause, what_stops(scene.engine))
        yield scene.request.step("restart", cause, effect=scene.due, **details)
    elif scene.due is Effect.RELOAD:
        yield scene.request.step("reload", cause, effect=scene.due, **details)


def ready(scene: Scene) -> t.Iterator[Step]:
    """Waiting until the API answers, where that isn't sure, or nobody has noted that it did."""
    is_noted = not scene.host.note.pending or scene.is_pending
    if scene.due is Effect.RESTART or not scene.engine.answers or not is_noted:
        cause = "the engine has to answer"
        yield scene.request.step("{0} ready".format(AWAIT), cause, payload=scene.way_back)


def discard(scene: Scene) -> t.Iterator[Step]:
    """Certificates that the engine uses no more."""
    if scene.stale_slots:
        cause = NO_MORE if scene.changes_of_parts else INTERRUPTED
        payload = {"slots": scene.stale_slots}
        yield scene.request.step("discard", cause, final=True, payload=payload)


def _later(scene: Scene, changes: t.Sequence[Change]) -> str:
    waits = any(change in scene.changes_of_engine for change in changes)
    return "; {0}".format(LATER) if waits and scene.by_hand else ""


PRESENT = (
    sourcing.prepare,
    sourcing.add,
    installing.install,
    installing.upgrade,
    release,
    unpacking.group,
    drop_users,
    add_users,
    enable,
    add_ranges,
    move_data,
    unpacking.unpack,
    unguard,
    certify,
    place,
    load_modules,
    set_sysctls,
    configure,
    activate,
    ready,
    guard,
    discard,
    drop_data,
    drop_ranges,
    unpacking.tidy,
    installing.hold,
    sourcing.drop,
)
