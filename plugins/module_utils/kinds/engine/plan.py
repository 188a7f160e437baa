# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What it takes to have the engine as wanted, restarted at most once."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.diff import (
    Change,
    causes,
    compare,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.field import Effect
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import (
    AWAIT,
    Request,
    Step,
    chain,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import (
    config,
    packages,
    service,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.facts import (
    BY_HAND,
    HOST,
    EngineFacts,
    HostFacts,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.fields import (
    FIELDS,
    RESET_BY_RELOAD,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.refusals import refuse

INTERRUPTED = "left by an interrupted run"
NO_LONGER = "no longer wanted"


@dataclasses.dataclass(frozen=True)
class Scene:
    """A request, and what was seen for it."""

    request: Request
    host: HostFacts
    engine: EngineFacts
    source: packages.Source
    changes: tuple[Change, ...]

    @property
    def options(self) -> t.Mapping[str, t.Any]:
        return self.request.wanted.options

    @property
    def managers(self) -> tuple[str, ...]:
        return service.candidates(self.host.has_systemd)

    @property
    def timeout(self) -> float:
        return float(self.options.get("wait_timeout", 60))


def plan(request: Request) -> list[Step]:
    """The steps, each needing the one before it."""
    scene = look(request)
    parts = (
        (leave,)
        if request.wanted.state == "absent"
        else (install, drop_users, add_users, configure, enable, activate, ready)
    )
    return chain([step for part in parts for step in part(scene)])


def look(request: Request) -> Scene:
    """The request with what was seen, or a refusal."""
    host: HostFacts = request.snapshot["engine"][HOST].facts["seen"]
    engine: EngineFacts | None = request.found.facts["seen"] if request.found else None
    source = refuse(request, host, engine)
    changes = request.changes
    if request.found is None:
        changes = compare(FIELDS, request.wanted.fields, {}, {}, {}, str)
    return Scene(request, host, engine or EngineFacts(), source, changes)


def install(scene: Scene) -> t.Iterator[Step]:
    """Packages that are not there, none of which may start the engine yet."""
    names = packages.missing(
        scene.source, scene.host, scene.options.get("packages", ()), scene.options.get("sdk", True)
    )
    if names:
        payload = {"packages": tuple(names), "users": tuple(scene.options.get("users", ()))}
        yield scene.request.step(
            "install", "{0} not found".format(", ".join(names)), payload=payload
        )


def drop_users(scene: Scene) -> t.Iterator[Step]:
    """Accounts that we put into the group, and that are no longer wanted there."""
    wanted = scene.options.get("users", ())
    names = tuple(
        name for name in scene.host.note.users if name not in wanted and name in scene.host.members
    )
    if names:
        yield scene.request.step(
            "drop-users", "{0} {1}".format(", ".join(names), NO_LONGER), payload={"users": names}
        )


def add_users(scene: Scene) -> t.Iterator[Step]:
    """Accounts that are not in the group docker yet."""
    names = tuple(
        dict.fromkeys(
            name for name in scene.options.get("users", ()) if name not in scene.host.members
        )
    )
    if names:
        yield scene.request.step(
            "add-users",
            "{0} not in the group docker".format(", ".join(names)),
            payload={"users": names},
        )


def configure(scene: Scene) -> t.Iterator[Step]:
    """daemon.json, with nothing but our keys changed."""
    if not scene.changes:
        return
    file, wanted = scene.engine.config, scene.request.wanted.fields
    text = config.render(config.merged(file, wanted, config.removed(scene.changes)))
    by_hand = scene.engine.service.manager == BY_HAND
    note = (
        "; takes effect when the engine, which was started by hand, is started again"
        if by_hand
        else ""
    )
    yield scene.request.step(
        "configure",
        causes(scene.changes) + note,
        payload={
            "text": text,
            "mode": config.mode(file, text or ""),
            "pending": "" if by_hand or not scene.engine.runs else str(effect(scene)),
            "engine": scene.engine.service.pid,
            "before": before(scene),
        },
    )


def enable(scene: Scene) -> t.Iterator[Step]:
    """The start at boot."""
    if scene.engine.service.manager == service.SYSTEMD and not scene.engine.service.is_enabled:
        yield scene.request.step(
            "enable", "not started at boot", payload={"managers": scene.managers}
        )


def activate(scene: Scene) -> t.Iterator[Step]:
    """Start, restart or reload: at most one of them."""
    manager = scene.engine.service.manager
    cause = causes(scene.changes) or INTERRUPTED
    due = effect(scene)
    details: dict[str, t.Any] = {
        "undo": "put-back" if due else "",
        "payload": {
            "manager": manager,
            "managers": scene.managers,
            "pid": scene.engine.service.pid,
            "timeout": scene.timeout,
            "before": before(scene),
            "mode": scene.engine.config.mode,
        },
    }
    if not manager:
        yield scene.request.step("start", "not running", **details)
    elif manager != BY_HAND and due is Effect.RESTART:
        yield scene.request.step(
            "restart", "{0}; {1}".format(cause, what_stops(scene.engine)), effect=due, **details
        )
    elif manager != BY_HAND and due is Effect.RELOAD:
        yield scene.request.step("reload", cause, effect=due, **details)


def ready(scene: Scene) -> t.Iterator[Step]:
    """Waiting until the API answers, where that isn't sure."""
    restarts = effect(scene) is Effect.RESTART and scene.engine.service.manager != BY_HAND
    if restarts or not scene.engine.answers:
        payload = {"timeout": scene.timeout, "systemd": scene.host.has_systemd}
        yield scene.request.step(
            "{0} ready".format(AWAIT), "the engine has to answer", payload=payload
        )


def effect(scene: Scene) -> Effect | None:
    """The costliest effect of what changes, and of what an interrupted run left pending."""
    due = [Effect[scene.host.note.pending.upper()]] if is_pending(scene) else []
    return max([*due, *map(_effect, scene.changes)], default=None)


def is_pending(scene: Scene) -> bool:
    """Whether a configuration is in place that the engine hasn't taken up, or doesn't survive."""
    note, engine = scene.host.note, scene.engine
    return bool(note.pending) and (note.engine == engine.service.pid or not engine.answers)


def what_stops(engine: EngineFacts) -> str:
    """What a restart does to the containers that run."""
    if not engine.containers:
        return "no container runs"
    if engine.info.get("LiveRestoreEnabled"):
        return "{0} keep running (live-restore)".format(", ".join(engine.containers))
    return "stops {0}".format(", ".join(engine.containers))


def before(scene: Scene) -> str | None:
    """The file to go back to: where a run was interrupted, the one that it replaced."""
    return scene.host.note.before if is_pending(scene) else scene.engine.config.text


def leave(scene: Scene) -> t.Iterator[Step]:
    """The engine goes, with our keys and users; data stays unless its loss was asked for."""
    engine, request = scene.engine, scene.request
    cause = "state: absent"
    if engine.runs:
        payload = {"manager": engine.service.manager}
        yield request.step("stop", "{0}; {1}".format(cause, what_stops(engine)), payload=payload)
    yield from drop_users(dataclasses.replace(scene, request=_without_users(request)))
    yield from _remove_keys(scene, cause)
    if scene.options.get("remove_data") and (request.found is not None):
        yield request.step(
            "destroy-data",
            "{0}; {1}".format(cause, engine.data_root),
            effect=Effect.DESTROY,
            payload={"path": engine.data_root},
        )
    names = packages.leaving(scene.source, scene.host)
    if names:
        yield request.step(
            "remove", "{0}; {1}".format(cause, ", ".join(names)), payload={"packages": tuple(names)}
        )


def _remove_keys(scene: Scene, cause: str) -> t.Iterator[Step]:
    file = scene.engine.config
    gone = config.removed(scene.changes)
    if gone and not file.problem:
        text = config.render(config.merged(file, {}, gone))
        payload = {"text": text, "mode": file.mode, "pending": ""}
        yield scene.request.step(
            "unconfigure", "{0}; {1}".format(cause, ", ".join(sorted(gone))), payload=payload
        )


def _without_users(request: Request) -> Request:
    options = {**request.wanted.options, "users": ()}
    return dataclasses.replace(request, wanted=dataclasses.replace(request.wanted, options=options))


def _effect(change: Change) -> Effect:
    forgotten = (
        change.after is None and change.field not in RESET_BY_RELOAD and not _is_part(change.field)
    )
    return Effect.RESTART if forgotten else change.effect


def _is_part(field: str) -> bool:
    return "." in field
