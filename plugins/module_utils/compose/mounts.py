# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The short forms of what is mounted: volumes (`source:target:options`) and devices."""

from __future__ import annotations

import posixpath
import typing as t

ACCEPTED_VOLUME = "[source:]target[:options]"
ACCEPTED_DEVICE = "source[:target[:permissions]]"
PROPAGATIONS = ("rprivate", "private", "rshared", "shared", "rslave", "slave")
OPTIONS: dict[str, tuple[tuple[str, ...], t.Any]] = {
    "ro": (("read_only",), True),
    "rw": (("read_only",), False),
    "nocopy": (("volume", "nocopy"), True),
    "z": (("bind", "selinux"), "z"),
    "Z": (("bind", "selinux"), "Z"),
    **{word: (("bind", "propagation"), word) for word in PROPAGATIONS},
}


def parse_volume(text: str) -> dict[str, t.Any]:
    """The long form of a volume; raises ValueError with what is wrong."""
    if not text:
        raise ValueError("an empty volume")
    if len(text.encode()) <= 2:
        return {"type": "volume", "target": text}
    source, target, options = _sections(text)
    mount: dict[str, t.Any] = {"type": "bind" if _is_path(source) else "volume"}
    if source:
        mount["source"] = source
    mount["target"] = target
    for option in options:
        _set(mount, *OPTIONS.get(option, ((), None)))
    mount.setdefault(mount["type"], {})
    if mount["type"] == "bind":
        mount["bind"]["create_host_path"] = True
    return mount


def clean_target(mount: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """The mount with its target's path in its shortest form."""
    return {**mount, "target": clean(mount["target"]) if mount["target"] else ""}


def clean(path: str) -> str:
    """A POSIX path without doubled slashes, `.` and what `..` takes back."""
    shortest = posixpath.normpath(path)
    return shortest[1:] if shortest.startswith("//") else shortest


def parse_device(text: str) -> dict[str, t.Any]:
    """The long form of a device; raises ValueError with what is wrong."""
    parts = text.split(":")
    if len(parts) > 3:
        raise ValueError("too many colons")
    source, target, permissions = parts + ["", ""][: 3 - len(parts)] if len(parts) < 3 else parts
    return {
        "source": source,
        "target": target or source,
        "permissions": permissions if len(parts) == 3 else "rwm",
    }


def _sections(text: str) -> tuple[str, str, list[str]]:
    parts = _parts(text)
    if not all(parts):
        raise ValueError("nothing between two colons, or at an end")
    if len(parts) > 3:
        raise ValueError("too many colons")
    if len(parts) == 1:
        return "", parts[0], []
    return parts[0], parts[1], parts[2].split(",") if len(parts) == 3 else []


def _parts(text: str) -> list[str]:
    parts = [""]
    level = 0
    for char in text:
        level = _level(level, char, parts[-1])
        if char != ":" or level or (len(parts[-1]) == 1 and parts[-1].isalpha()):
            parts[-1] += char
        else:
            parts.append("")
    return parts


def _level(level: int, char: str, before: str) -> int:
    if char == "{" and (level or before.endswith("$")):
        return level + 1
    return level - 1 if char == "}" and level else level


def _is_path(source: str) -> bool:
    if source[:1] in (".", "/", "~") and source:
        return True
    return source.startswith("\\\\") or (source[:1].isalpha() and source[1:2] == ":")


def _set(mount: dict[str, t.Any], path: tuple[str, ...], value: t.Any) -> None:
    if not path or (path == ("read_only",) and value is False):
        mount.pop("read_only", None) if path else None
        return
    place = mount if len(path) == 1 else mount.setdefault(path[0], {})
    place[path[-1]] = value
