# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What it takes to have a storage as wanted, or to be without it."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.diff import causes
from ansible_collections.slipway.docker.plugins.module_utils.core.field import Effect
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import (
    Request,
    Step,
    chain,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage import facts, units
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage.leaving import leave
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage.refusals import refuse
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage.scene import (
    Scene,
    look,
    mounting,
)

INTERRUPTED = "left by an interrupted run"


def plan(request: Request) -> list[Step]:
    """The steps, each needing the one before it."""
    scene = look(request)
    refuse(scene)
    if request.wanted.state == "absent":
        return chain(list(leave(scene)))
    steps = chain([step for part in PRESENT for step in part(scene)])
    needs = tuple(step.key for step in before(scene)) if steps else ()
    first = [dataclasses.replace(step, needs=(*step.needs, *needs)) for step in steps[:1]]
    return [*first, *steps[1:]]


def install(scene: Scene) -> t.Iterator[Step]:
    """Packages of the driver that are not there."""
    lacking = [name for name in scene.driver.packages if name not in scene.host.installed]
    known = {name for step in before(scene) for name in step.payload["packages"]}
    names = tuple(name for name in lacking if name not in known)
    if names:
        cause = "{0} not found".format(", ".join(names))
        yield scene.request.step("install", cause, drift=False, payload={"packages": names})


def before(scene: Scene) -> list[Step]:
    """The installations of other storages in this plan: apt does one at a time."""
    steps = scene.request.earlier
    return [step for step in steps if step.kind == "storage" and step.verb == "install"]


def stop_containers(scene: Scene) -> t.Iterator[Step]:
    """Containers that run with a share that has to be mounted anew."""
    if scene.is_remounted and not scene.is_dead and scene.seen.running:
        names = ", ".join(sorted(scene.seen.running))
        yield scene.request.step(
            "stop-containers",
            "{0} run with it".format(names),
            effect=Effect.RESTART,
            undo="start-containers",
            payload={"containers": tuple(scene.seen.running.values())},
        )


def unmount(scene: Scene) -> t.Iterator[Step]:
    """The mount that can't stay as it is."""
    if scene.is_remounted:
        cause = _why(scene)
        payload = mounting(scene.name, scene.seen.unit, scene.old)
        drift = scene.is_dead or bool(scene.flags)
        yield scene.request.step(
            "unmount",
            cause,
            drift=drift,
            effect=Effect.RESTART,
            undo="mount-again",
            payload=payload,
        )


def release(scene: Scene) -> t.Iterator[Step]:
    """The claim to be the one writer of a share that is left, or that many may write to."""
    if scene.lets_go:
        subdir = scene.options["subdir"]
        payload = {"unit": scene.seen.unit, "subdir": subdir, "claim": scene.lets_go}
        yield scene.request.step("release", "no longer its one writer", payload=payload)


def guard(scene: Scene) -> t.Iterator[Step]:
    """A mount point into which nobody can write while nothing is mounted."""
    if scene.seen.is_mounted:
        return
    if scene.seen.guard is None:
        yield scene.request.step("guard", "mount point not found")
    elif scene.seen.guard:
        cause = "its mount point is open (mode {0:04o})".format(scene.seen.guard)
        yield scene.request.step("guard", cause)


def place(scene: Scene) -> t.Iterator[Step]:
    """Unit, secrets, and what keeps the engine from starting without the share."""
    wanted = units.wanted(scene.name, scene.request.wanted.fields)
    new = tuple(file for path, file in wanted.items() if file != _like(scene.seen.files[path]))
    if new:
        cause = causes(scene.changes_of_files) or scene.request.why
        old = tuple(scene.seen.files[file.path] for file in new)
        payload = {"files": new, "before": old}
        yield scene.request.step("place", cause, undo="put-back", payload=payload)


def mount(scene: Scene) -> t.Iterator[Step]:
    """The share on its mount point, once; or only its start with the engine."""
    request = scene.request
    payload = mounting(scene.name, scene.unit, request.wanted.fields)
    if scene.is_to_mount:
        cause = _why(scene) if scene.is_remounted else causes(scene.changes_of_mount)
        drift = not cause and request.was_so
        cause = cause or ("not found" if request.found is None else "not mounted")
        yield request.step("mount", cause, drift=drift, undo="unmount", payload=payload)
    elif not scene.seen.is_enabled:
        yield request.step(
            "enable", "not started with the engine", drift=request.was_so, payload=payload
        )


def identify(scene: Scene) -> t.Iterator[Step]:
    """The proof that it is the right share, and its mark where it has none."""
    answer = scene.seen.answer
    if scene.is_to_mount:
        cause = "what is mounted has to be the right share"
    elif scene.share and answer.marker is None:
        cause = "the share has no marker yet"
    elif scene.claim and answer.claim is None:
        cause = "this host is its one writer"
    else:
        return
    payload = {
        "unit": scene.unit,
        "share": scene.share,
        "must": scene.was_marked and (scene.is_read_only or not scene.moves),
        "claim": scene.claim,
        "subdir": scene.options["subdir"],
        "needs_directory": not scene.options["create_subdir"],
    }
    yield scene.request.step("identify", cause, payload=payload)


def make_directory(scene: Scene) -> t.Iterator[Step]:
    """The directory of the share that the volume shows."""
    how = scene.options["create_subdir"]
    if how and (scene.is_to_mount or not scene.seen.answer.has_directory):
        cause = "{0} has to be there".format(scene.options["subdir"])
        payload = {"unit": scene.unit, "subdir": scene.options["subdir"], **how}
        yield scene.request.step("make-directory", cause, payload=payload)


def start_containers(scene: Scene) -> t.Iterator[Step]:
    """Containers that were stopped for this, now or by a run that was interrupted."""
    stopped = scene.seen.stopped
    due = scene.is_remounted and not scene.is_dead and scene.seen.running
    ids = dict.fromkeys([*(scene.seen.running.values() if due else ()), *stopped])
    if ids:
        cause = INTERRUPTED if not due else "they ran before"
        yield scene.request.step("start-containers", cause, payload={"containers": tuple(ids)})


def _like(file: facts.File) -> facts.File:
    """A file as it counts: of one that isn't there the mode says nothing."""
    return facts.File(file.path) if file.text is None else file


def _why(scene: Scene) -> str:
    if scene.is_dead:
        return scene.seen.answer.problem
    return causes(scene.changes_of_mount) or scene.flags


PRESENT = (
    install, stop_containers, release, unmount, guard, place, mount, identify, make_directory,
    start_containers,
)  # fmt: skip
