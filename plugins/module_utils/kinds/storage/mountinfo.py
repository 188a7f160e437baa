# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kernel's list of mounts, read without touching any of them."""

from __future__ import annotations

import dataclasses
import re
import typing as t

ESCAPED = re.compile(r"\\([0-7]{3})")


@dataclasses.dataclass(frozen=True)
class Mount:
    """A mount: ``device`` is major:minor, ``root`` the directory of that device that is seen."""

    point: str
    device: str
    root: str
    type: str
    source: str
    options: frozenset[str] = frozenset()


def parse(text: str) -> tuple[Mount, ...]:
    """The mounts of a mountinfo file, the oldest first."""
    return tuple(filter(None, map(_parse_line, text.splitlines())))


def at(mounts: t.Iterable[Mount], point: str) -> tuple[Mount, ...]:
    """All layers at a mount point, the lowest first."""
    return tuple(mount for mount in mounts if mount.point == point)


def below(mounts: t.Iterable[Mount], point: str) -> tuple[Mount, ...]:
    """What is mounted inside of a directory."""
    return tuple(mount for mount in mounts if mount.point.startswith(point + "/"))


def seen_through(mounts: t.Iterable[Mount], path: str) -> tuple[str, str]:
    """Device and root that a bind of this path would have."""
    holding = [
        mount
        for mount in mounts
        if mount.point in (path, "/") or path.startswith(mount.point + "/")
    ]
    if not holding:
        return "", ""
    # Of equally long ones the last covers the others.
    mount = max(reversed(holding), key=lambda each: len(each.point))
    rest = path[len(mount.point.rstrip("/")) :]
    return mount.device, (mount.root.rstrip("/") + rest) or "/"


def _parse_line(line: str) -> Mount | None:
    head, dash, tail = line.partition(" - ")
    here, there = head.split(" "), tail.split(" ")
    if not dash or len(here) < 6 or len(there) < 2:
        return None
    return Mount(
        point=_plain(here[4]),
        device=here[2],
        root=_plain(here[3]),
        type=there[0],
        source=_plain(there[1]),
        options=frozenset(here[5].split(",")),
    )


def _plain(text: str) -> str:
    return ESCAPED.sub(lambda match: chr(int(match.group(1), 8)), text)
