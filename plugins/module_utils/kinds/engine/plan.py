# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What it takes to have the engine as wanted, restarted at most once."""

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
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import (
    archive,
    config,
    packages,
    unpacking,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.leaving import leave
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.scene import (
    Scene,
    look,
    what_stops,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.service import SYSTEMD

INTERRUPTED = "left by an interrupted run"
LATER = "takes effect when the engine, which was started by hand, is started again"


def plan(request: Request) -> list[Step]:
    """The steps, each needing the one before it."""
    scene = look(request)
    parts = (leave,) if request.wanted.state == "absent" else PRESENT
    return chain([step for part in parts for step in part(scene)])


def install(scene: Scene) -> t.Iterator[Step]:
    """Packages that are not there, none of which may start the engine yet."""
    extra, sdk = scene.options.get("packages", ()), scene.options.get("sdk", True)
    names = packages.missing(scene.source, scene.host, extra, sdk)
    if names:
        cause = "{0} not found".format(", ".join(names))
        payload = {
            "packages": tuple(names),
            "brought": packages.brought(scene.source, scene.host),
            "users": tuple(scene.options.get("users", ())),
            "is_rest": scene.source.name == archive.SOURCE,
        }
        yield scene.request.step("install", cause, drift=scene.request.is_lost, payload=payload)
    elif scene.host.is_held_back:
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


def place(scene: Scene) -> t.Iterator[Step]:
    """The files of the engine's parts."""
    if scene.placements:
        cause = causes(scene.changes_of_parts) + _later(scene)
        payload = {"files": scene.placements, **scene.way_back}
        yield scene.request.step("place", cause, undo="put-back", payload=payload)


def configure(scene: Scene) -> t.Iterator[Step]:
    """daemon.json, with nothing but our keys changed."""
    changes = scene.changes_of_config
    if not changes:
        return
    file, wanted = scene.engine.config, scene.request.wanted.fields
    text = config.render(config.merged(file, wanted, config.removed(changes)))
    cause = causes(changes) + _later(scene)
    payload = {"text": text, "mode": config.mode(file, text or ""), **scene.way_back}
    yield scene.request.step("configure", cause, undo="put-back", payload=payload)


def activate(scene: Scene) -> t.Iterator[Step]:
    """Start, restart or reload: at most one of them."""
    cause = causes(scene.changes) or INTERRUPTED
    undo = "put-back" if scene.is_pending or scene.changes else ""
    details: dict[str, t.Any] = {"undo": undo, "payload": scene.way_back}
    if not scene.engine.runs:
        drift = scene.request.was_so and not scene.is_pending
        yield scene.request.step("start", "not running", drift=drift, **details)
    elif scene.due is Effect.RESTART:
        cause = "{0}; {1}".format(cause, what_stops(scene.engine))
        yield scene.request.step("restart", cause, effect=scene.due, **details)
    elif scene.due is Effect.RELOAD:
        yield scene.request.step("reload", cause, effect=scene.due, **details)


def ready(scene: Scene) -> t.Iterator[Step]:
    """Waiting until the API answers, where that isn't sure."""
    if scene.due is Effect.RESTART or not scene.engine.answers:
        cause = "the engine has to answer"
        yield scene.request.step("{0} ready".format(AWAIT), cause, payload=scene.way_back)


def _later(scene: Scene) -> str:
    return "; {0}".format(LATER) if scene.by_hand else ""


PRESENT = (
    install,
    unpacking.group,
    drop_users,
    add_users,
    enable,
    unpacking.unpack,
    place,
    configure,
    activate,
    ready,
    unpacking.tidy,
)
