# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Moving an engine's data root: what is seen of it, what is refused, and the steps around the start."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError, Refused
from ansible_collections.slipway.docker.plugins.module_utils.core.field import Effect
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import AWAIT, Request, Step
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.costs import what_stops
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.facts import (
    BY_HAND,
    EngineFacts,
    HostFacts,
    Move,
)

KEY = "data-root"
WHERE = "engine docker.config." + KEY
INTERRUPTED = "left by an interrupted run"
# An engine's data doesn't outlive these, or can't be kept in them.
UNFIT = (
    "tmpfs", "ramfs", "overlay", "nfs", "nfs4", "cifs", "smb3", "9p", "fuse.sshfs", "fuse.glusterfs",
    "vfat", "ceph",
)  # fmt: skip
# They keep layers in what cp can't copy.
UNCOPIED = ("btrfs", "zfs")
RESERVE = 1.05
PATIENCE = 60.0
HELD = {"images": "/images/json", "containers": "/containers/json", "volumes": "/volumes"}


def look(outside: t.Any, wanted: t.Mapping[str, t.Any], engine: EngineFacts) -> Move | None:
    """The move that the wanted data root asks for; measured only if there is one."""
    source, target = engine.data_root, str(wanted.get(KEY) or "").rstrip("/")
    if not target or not engine.has_data or target == source.rstrip("/"):
        return None
    size, files = outside.data_roots.measure(source)
    held = hold(outside) if engine.answers else None
    return Move(source, target, size, files, outside.data_roots.room(target), held)


def hold(outside: t.Any) -> tuple[str, ...] | None:
    """What the engine holds, by kind and name; None where it doesn't answer."""
    answers = {kind: outside.local.get(path, PATIENCE, all=1) for kind, path in HELD.items()}
    if None in answers.values():
        return None
    # A plugin's volumes are elsewhere, and there as soon as it is.
    volumes = [
        each for each in answers["volumes"].get("Volumes") or [] if each["Driver"] == "local"
    ]
    names = {**answers, "volumes": [{"Id": each["Name"]} for each in volumes]}
    return tuple(
        sorted("{0} {1}".format(kind, each["Id"]) for kind in names for each in names[kind])
    )


def refuse(move: Move, host: HostFacts, engine: EngineFacts) -> None:
    """Refuse a move that can't go well, before anything is touched."""
    room, driver = move.room, engine.info.get("Driver")
    inside = (room.path + "/").startswith(move.source.rstrip("/") + "/")
    around = (move.source + "/").startswith(room.path.rstrip("/") + "/")
    if inside or around:
        _refuse(
            move, "it is {0} {1}, the old one".format("in" if inside else "around", move.source)
        )
    if room.filesystem in UNFIT:
        _refuse(move, "it is on {0}, which can't keep an engine's data".format(room.filesystem))
    if driver in UNCOPIED:
        _refuse(move, "what the storage driver {0} keeps can't be copied".format(driver))
    if room.holds and host.note.moving != (move.source, move.target):
        _refuse(move, "it isn't empty (it holds {0})".format(", ".join(room.holds[:3])))
    if room.bytes < move.bytes * RESERVE or room.files < move.files:
        _refuse(
            move,
            "{0} in {1} files don't fit in there: {2} and {3} files are free".format(
                readable(move.bytes), move.files, readable(room.bytes), room.files
            ),
        )
    if engine.service.manager == BY_HAND:
        _refuse(move, "the engine was started by hand, and isn't ours to stop")
    if engine.keeps_containers and engine.containers:
        raise Refused(
            WHERE,
            "{0} run on in {1} while it would be copied (live-restore)".format(
                ", ".join(engine.containers), move.source
            ),
            "nothing was touched; stop them first, or set live-restore to false in a run before",
        )


def _refuse(move: Move, problem: str) -> None:
    raise InputError(
        WHERE,
        "found {0!r}, and {1}".format(move.target, problem),
        "nothing was touched; take an empty directory on a local file system with room enough",
    )


def readable(size: int) -> str:
    """A size to the tenth of a unit that a person would choose."""
    for unit, name in ((1 << 30, "GiB"), (1 << 20, "MiB")):
        if size >= unit:
            return "{0:.1f} {1}".format(size / unit, name)
    return "{0} KiB".format(size >> 10)


def leftovers(request: Request, host: HostFacts, engine: EngineFacts) -> t.Iterator[Step]:
    """The copy of a move that was interrupted and isn't wanted any more."""
    moving = host.note.moving
    planned = engine.move and (engine.move.source, engine.move.target)
    if moving and engine.data_root != moving[1] and planned != moving:
        payload = {"source": moving[0], "target": moving[1]}
        yield request.step("drop-copy", "{0}; {1}".format(INTERRUPTED, moving[1]), payload=payload)


def before(
    request: Request, engine: EngineFacts, way_back: t.Mapping[str, t.Any]
) -> t.Iterator[Step]:
    """The engine stopped, and its data copied."""
    move = engine.move
    if move is None:
        return
    way = "{0} {1!r} -> {2!r}".format(KEY, move.source, move.target)
    parts = {"source": move.source, "target": move.target, "held": move.held}
    payload = {**way_back, **parts}
    if engine.runs:
        cause = "{0}; {1}".format(way, what_stops(engine))
        yield request.step("halt", cause, effect=Effect.RESTART, undo="resume", payload=payload)
    cause = "{0}; {1} in {2} files".format(way, readable(move.bytes), move.files)
    yield request.step("move-data", cause, effect=Effect.DESTROY, undo="drop-copy", payload=payload)


def after(request: Request, host: HostFacts, engine: EngineFacts) -> t.Iterator[Step]:
    """What was held is seen in its new place, and only then the old one is given up."""
    move, moving = engine.move, host.note.moving
    if move is not None:
        parts = {"source": move.source, "target": move.target, "held": move.held}
    elif moving and engine.data_root == moving[1]:
        parts = {"source": moving[0], "target": moving[1], "held": host.note.contents}
    else:
        return
    seen = "what was in {0} has to be in {1}".format(parts["source"], parts["target"])
    yield request.step("{0} data".format(AWAIT), seen, payload=parts)
    gone = "all of {0} is in {1}".format(parts["source"], parts["target"])
    yield request.step("drop-data", gone, payload=parts, final=True)
