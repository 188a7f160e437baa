# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Remapped users: the account and the subordinate ids that an engine with userns-remap starts with."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import StepError
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Request, Step
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import notes

KEY = "userns-remap"
SUBUID, SUBGID = "/etc/subuid", "/etc/subgid"
# Whom the engine means by default.
DEFAULT = "dockremap"
FIRST, COUNT, LAST = 100000, 65536, 1 << 32
USERADD = ("useradd", "--system", "--no-create-home", "--home-dir", "/nonexistent")
NOBODY_LOGS_IN = ("--shell", "/usr/sbin/nologin")


@dataclasses.dataclass(frozen=True)
class Remap:
    """Whose ids containers run with, and what of it isn't there: accounts and ranges."""

    user: str
    group: str
    lacks: tuple[str, ...] = ()


def look(outside: t.Any, wanted: t.Mapping[str, t.Any]) -> Remap | None:
    """The remapping that is wanted, with what it lacks."""
    value = wanted.get(KEY)
    if not value:
        return None
    user, _colon, group = (DEFAULT if value == "default" else str(value)).partition(":")
    group = group or user
    there = {
        "group {0}".format(group): _has_line(outside, "/etc/group", group),
        "user {0}".format(user): outside.machine.knows_user(user),
        "{0} of {1}".format(SUBUID, user): _has_line(outside, SUBUID, user),
        "{0} of {1}".format(SUBGID, group): _has_line(outside, SUBGID, group),
    }
    return Remap(user, group, tuple(what for what, is_there in there.items() if not is_there))


def _has_line(outside: t.Any, path: str, name: str) -> bool:
    return any(line.split(":")[0] == name for line in _lines(outside, path))


def _lines(outside: t.Any, path: str) -> list[str]:
    return (outside.read_bytes(path) or b"").decode("utf-8", "surrogateescape").splitlines()


def add(request: Request, remap: Remap | None) -> t.Iterator[Step]:
    """What the remapping lacks, made before the engine starts with it."""
    if remap is not None and remap.lacks:
        payload = {"user": remap.user, "group": remap.group, "lacks": remap.lacks}
        cause = "{0} not found".format(", ".join(remap.lacks))
        yield request.step("add-ranges", cause, payload=payload)


def drop(request: Request, remap: Remap | None, ranges: t.Sequence[str]) -> t.Iterator[Step]:
    """What we made for a remapping that is no longer wanted."""
    if ranges and remap is None:
        cause = "{0} no longer wanted".format(", ".join(sorted(ranges)))
        yield request.step("drop-ranges", cause, payload={"ranges": tuple(ranges)})


def add_ranges(outside: t.Any, step: Step) -> None:
    """Make accounts and ranges; each is noted before it is made."""
    for what in step.payload["lacks"]:
        kind, _space, name = what.partition(" ")
        if kind == "group":
            _noted(outside, what)
            _must(outside, ["groupadd", "--system", name])
        elif kind == "user":
            _noted(outside, what)
            group = ("--gid", step.payload["group"])
            _must(outside, [*USERADD, *NOBODY_LOGS_IN, *group, name])
        else:
            _add_line(outside, kind, name.partition(" ")[2])


def _add_line(outside: t.Any, path: str, name: str) -> None:
    lines = _lines(outside, path)
    start = max([FIRST, *(_end(line) for line in lines)])
    if start + COUNT > LAST:
        problem = "no {0} ids are free behind those that are given".format(COUNT)
        raise StepError(path, problem, "give {0} a range by hand".format(name))
    line = "{0}:{1}:{2}".format(name, start, COUNT)
    _noted(outside, "{0} {1}".format(path, line))
    _write(outside, path, [*lines, line])


def _end(line: str) -> int:
    parts = line.split(":")
    return int(parts[1]) + int(parts[2]) if len(parts) == 3 and "".join(parts[1:]).isdigit() else 0


def drop_ranges(outside: t.Any, step: Step) -> None:
    """Take away what we made, and nothing that was changed since."""
    for what in reversed(step.payload["ranges"]):
        kind, _space, name = what.partition(" ")
        if kind in ("user", "group"):
            # An account that somebody else uses by now stays.
            outside.run(["{0}del".format(kind), name])
        elif name in _lines(outside, kind):
            _write(outside, kind, [line for line in _lines(outside, kind) if line != name])
    notes.change(outside, ranges=())


def _noted(outside: t.Any, what: str) -> None:
    known = notes.read(outside).ranges
    notes.change(outside, ranges=tuple(dict.fromkeys((*known, what))))


def _write(outside: t.Any, path: str, lines: t.Sequence[str]) -> None:
    text = "".join("{0}\n".format(line) for line in lines)
    mode = outside.mode_of(path) or 0o644
    outside.write(path, text.encode("utf-8", "surrogateescape"), mode=mode, directory_mode=0o755)


def _must(outside: t.Any, command: t.Sequence[str]) -> None:
    ran = outside.run(command)
    if not ran.ok:
        raise StepError(" ".join(command), ran.err.strip() or "status {0}".format(ran.status))
