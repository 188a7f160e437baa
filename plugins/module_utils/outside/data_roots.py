# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Directories that an engine keeps its data in: how large, what room there is, and a true copy."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import os
import shutil
import stat
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.outside import programs
from ansible_collections.slipway.docker.plugins.module_utils.outside.files import read_bytes

# Owners, modes, times, links, devices, holes and extended attributes; blocks are shared where they can be.
COPY = ("cp", "--archive", "--sparse=always", "--reflink=auto")
COPIED_WITHIN = 7 * 24 * 3600.0
CHUNK = 1 << 20
BLOCK = 512
# What a file system has in its root from the beginning.
FOUND = "lost+found"


@dataclasses.dataclass(frozen=True)
class Room:
    """What a path leads to: its real path and file system, the room there, and what it holds."""

    path: str
    filesystem: str
    bytes: int
    files: int
    holds: tuple[str, ...]


class DataRoots:
    """The data roots of this host."""

    def measure(self, path: str) -> tuple[int, int]:
        """The bytes and files of a directory, a hard link counted once, other mounts not at all."""
        device = os.lstat(path).st_dev
        seen: dict[int, int] = {}
        for entry in _walk(path, lambda found: found.st_dev == device):
            seen[entry.st_ino] = entry.st_blocks * BLOCK
        return sum(seen.values()), len(seen)

    def room(self, path: str) -> Room:
        """What there is at a path, or above it where it isn't there yet."""
        real = os.path.realpath(path)
        above = real
        while not os.path.exists(above):
            above = os.path.dirname(above)
        figures = os.statvfs(above)
        holds = sorted(os.listdir(real)) if os.path.isdir(real) else []
        return Room(
            real,
            _filesystem(above),
            figures.f_bavail * figures.f_frsize,
            # Some file systems make room for files as they need it, and tell none.
            figures.f_favail if figures.f_files else figures.f_bavail,
            tuple(name for name in holds if name != FOUND),
        )

    def copy(self, source: str, target: str) -> programs.Ran:
        """Copy what a directory holds into another one, which gets its owner and mode as well."""
        os.makedirs(target, exist_ok=True)
        return programs.run([*COPY, source + "/.", target], timeout=COPIED_WITHIN)

    def differences(self, source: str, target: str, most: int = 5) -> list[str]:
        """In what a copy differs, down to each byte."""
        return list(itertools.islice(_differences(source, target), most))

    def give_up(self, path: str) -> None:
        """Remove what a directory holds, and itself unless it is a file system's root."""
        self.clear(path)
        with contextlib.suppress(OSError):
            os.rmdir(path)

    def clear(self, path: str) -> None:
        """Remove what a directory holds, and what an engine left mounted; the directory stays."""
        _unmount(path)
        with contextlib.suppress(FileNotFoundError):
            for item in list(os.scandir(path)):
                if item.name == FOUND:
                    continue
                if item.is_dir(follow_symlinks=False):
                    shutil.rmtree(item.path)
                else:
                    os.unlink(item.path)


def _walk(path: str, enter: t.Callable[[os.stat_result], bool]) -> t.Iterator[os.stat_result]:
    """What is in a directory that somebody may be changing."""
    with contextlib.suppress(FileNotFoundError):
        for item in list(os.scandir(path)):
            with contextlib.suppress(FileNotFoundError):
                found = item.stat(follow_symlinks=False)
                if enter(found):
                    yield found
                    if stat.S_ISDIR(found.st_mode):
                        yield from _walk(item.path, enter)


def _filesystem(path: str) -> str:
    """The type of the file system that a path is on."""
    mounts = {mount.point: mount.kind for mount in _mounts()}
    while path not in mounts and path != "/":
        path = os.path.dirname(path)
    return mounts.get(path, "")


@dataclasses.dataclass(frozen=True)
class _Mount:
    number: str
    parent: str
    device: str
    root: str
    point: str
    kind: str


def _mounts() -> list[_Mount]:
    lines = (read_bytes("/proc/self/mountinfo") or b"").decode("utf-8", "replace").splitlines()
    told = (line.replace("\\040", "\xa0").partition(" - ") for line in lines)
    rows = ([*place.split(" ")[:5], kind.split(" ")[0]] for place, _dash, kind in told)
    return [_Mount(*(part.replace("\xa0", " ") for part in row)) for row in rows]


def _unmount(path: str) -> None:
    """Unmount what an engine that died left in its root, where others have mounted nothing."""
    below = [mount.point for mount in _mounts() if mount.point.startswith(path + "/")]
    # It also binds its root onto itself where it isn't shared, and may leave it so.
    for point in [*reversed(below), *([path] if _is_bound_to_itself(path) else [])]:
        programs.run(["umount", "--lazy", point])


def _is_bound_to_itself(path: str) -> bool:
    mounts = _mounts()
    found = next((mount for mount in reversed(mounts) if mount.point == path), None)
    over = next((mount for mount in mounts if found and mount.number == found.parent), None)
    if found is None or over is None or found.device != over.device:
        return False
    below = os.path.relpath(path, over.point)
    return os.path.normpath(os.path.join(over.root, below)) == os.path.normpath(found.root)


def _differences(source: str, target: str) -> t.Iterator[str]:
    links: dict[int, int] = {}
    pending = [""]
    while pending:
        path = pending.pop()
        one, other = source + path, target + path
        found, copied = os.lstat(one), os.lstat(other)
        what = _difference(one, other, found, copied)
        if what or links.setdefault(found.st_ino, copied.st_ino) != copied.st_ino:
            yield "{0}: {1}".format(path or "/", what or "hard link")
        elif stat.S_ISDIR(found.st_mode):
            names, others = set(os.listdir(one)), set(os.listdir(other))
            names, others = (names - {FOUND}, others - {FOUND}) if not path else (names, others)
            yield from ("{0}/{1}: not in both".format(path, name) for name in names ^ others)
            pending += ["{0}/{1}".format(path, name) for name in names & others]


def _difference(one: str, other: str, found: os.stat_result, copied: os.stat_result) -> str:
    """The first thing in which two paths differ; directories are of the size that they are."""
    for name, facts in FACTS.items():
        if facts(found) != facts(copied):
            return name
    if _attributes(one) != _attributes(other):
        return "extended attributes"
    if stat.S_ISLNK(found.st_mode):
        return "" if os.readlink(one) == os.readlink(other) else "target of the link"
    if stat.S_ISREG(found.st_mode):
        return "" if _same_content(one, other) else "content"
    return ""


FACTS: dict[str, t.Callable[[os.stat_result], t.Any]] = {
    "type or mode": lambda found: found.st_mode,
    "owner": lambda found: (found.st_uid, found.st_gid),
    "device": lambda found: found.st_rdev,
    "time": lambda found: found.st_mtime_ns,
    "size": lambda found: found.st_size if stat.S_ISREG(found.st_mode) else 0,
}


def _attributes(path: str) -> dict[str, bytes]:
    names = os.listxattr(path, follow_symlinks=False)
    return {name: os.getxattr(path, name, follow_symlinks=False) for name in names}


def _same_content(one: str, other: str) -> bool:
    with open(one, "rb") as source, open(other, "rb") as target:
        while True:
            part = source.read(CHUNK)
            if part != target.read(CHUNK):
                return False
            if not part:
                return True
