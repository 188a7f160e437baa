# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A directory tree by its content: what it holds, one digest over it, and a tar archive of it."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import stat
import tarfile
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError

FILE, DIRECTORY, LINK = "file", "dir", "link"
CHUNK = 1 << 20
TYPES = {FILE: tarfile.REGTYPE, DIRECTORY: tarfile.DIRTYPE, LINK: tarfile.SYMTYPE}


@dataclasses.dataclass(frozen=True)
class Entry:
    """What one path holds: ``content`` is a file's SHA-256, a link's target, or nothing."""

    kind: str
    mode: int
    content: str = ""


Manifest = t.Dict[str, Entry]
Ignore = t.Callable[[str, bool], bool]


def manifest(root: str, ignore: Ignore | None = None) -> Manifest:
    """What lies below a directory, by relative path, sorted; owners and times are not content.

    ``ignore`` is asked with a path and whether it is a directory. One that can bring back what
    lies in an ignored directory has a second door, ``keeps_below(path)``.
    """
    if not os.path.isdir(root):
        raise InputError(
            root, "no such directory", "check the path, and on which machine it is looked for"
        )
    entries: Manifest = {}
    for path, is_left_out in _walk(root, "", ignore):
        if not is_left_out:
            _add_parents(root, path, entries)
            entries[path] = entry(root, path)
    return dict(sorted(entries.items()))


def entry(root: str, path: str) -> Entry:
    """What one path of a tree holds."""
    full = os.path.join(root, path)
    try:
        found = os.lstat(full)
        mode = stat.S_IMODE(found.st_mode)
        if stat.S_ISLNK(found.st_mode):
            return Entry(LINK, 0o777, os.readlink(full))
        if stat.S_ISDIR(found.st_mode):
            return Entry(DIRECTORY, mode)
        if stat.S_ISREG(found.st_mode):
            return Entry(FILE, mode, file_digest(full))
    except OSError as error:
        raise InputError(
            full, "can't be read ({0})".format(error.strerror), "make it readable, or leave it out"
        ) from None
    raise InputError(
        full,
        "neither a file, a directory nor a link",
        "leave it out (.dockerignore does for a build)",
    )


def file_digest(path: str) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    total = hashlib.sha256()
    with open(path, "rb") as file:
        for chunk in iter(lambda: file.read(CHUNK), b""):
            total.update(chunk)
    return total.hexdigest()


def tree_digest(entries: t.Mapping[str, Entry]) -> str:
    """One SHA-256 over paths, kinds, modes and content."""
    total = hashlib.sha256()
    for path, held in sorted(entries.items()):
        line = "{0}\0{1}\0{2:o}\0{3}\0".format(path, held.kind, held.mode, held.content)
        total.update(line.encode("utf-8", "surrogateescape"))
    return total.hexdigest()


def pack(root: str, entries: t.Mapping[str, Entry], fileobj: t.IO[bytes]) -> None:
    """Write a plain tar of these entries: sorted, owned by root, the times as they are."""
    with open_tar(fileobj) as archive:
        for path, held in sorted(entries.items()):
            _pack_one(archive, root, path, held)


def open_tar(fileobj: t.IO[bytes]) -> tarfile.TarFile:
    """A tar archive for writing, with long and odd names as every reader knows them."""
    return tarfile.open(
        fileobj=fileobj,
        mode="w",
        format=tarfile.GNU_FORMAT,
        encoding="utf-8",
        errors="surrogateescape",
    )


def header(path: str, held: Entry, size: int = 0, mtime: int = 0) -> tarfile.TarInfo:
    """The header of an entry, with root for its owner."""
    info = tarfile.TarInfo(path)
    info.type, info.mode, info.size, info.mtime = TYPES[held.kind], held.mode, size, mtime
    info.linkname = held.content if held.kind == LINK else ""
    return info


def _pack_one(archive: tarfile.TarFile, root: str, path: str, held: Entry) -> None:
    full = os.path.join(root, path)
    try:
        found = os.lstat(full)
        if held.kind != FILE:
            archive.addfile(header(path, held, mtime=int(found.st_mtime)))
            return
        with open(full, "rb") as file:
            reader = _Hashing(file)
            archive.addfile(
                header(path, held, found.st_size, int(found.st_mtime)), t.cast(t.IO[bytes], reader)
            )
    except OSError as error:
        raise _moved(full, str(error)) from None
    if reader.hexdigest() != held.content:
        raise _moved(full, "another content")


def _moved(path: str, found: str) -> InputError:
    return InputError(
        path,
        "it changed while it was read ({0})".format(found),
        "run again when nothing writes there",
    )


class _Hashing:
    """A file that is digested while it is read, so that no archive belies its name."""

    def __init__(self, file: t.IO[bytes]) -> None:
        self._file = file
        self._total = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self._file.read(size)
        self._total.update(chunk)
        return chunk

    def hexdigest(self) -> str:
        return self._total.hexdigest()


def _walk(root: str, below: str, ignore: Ignore | None) -> t.Iterator[tuple[str, bool]]:
    for item in _members(os.path.join(root, below)):
        path = os.path.join(below, item.name)
        is_directory = item.is_dir(follow_symlinks=False)
        if _is_socket(item):
            continue
        is_left_out = ignore is not None and ignore(path, is_directory)
        yield path, is_left_out
        if is_directory and (not is_left_out or _keeps_below(ignore, path)):
            yield from _walk(root, path, ignore)


def _members(directory: str) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(directory) as found:
            return sorted(found, key=lambda item: item.name)
    except OSError as error:
        raise InputError(
            directory,
            "can't be listed ({0})".format(error.strerror),
            "make it readable, or leave it out",
        ) from None


def _is_socket(item: os.DirEntry[str]) -> bool:
    """A socket has no content to carry; Docker leaves it out as well."""
    return stat.S_ISSOCK(item.stat(follow_symlinks=False).st_mode)


def _keeps_below(ignore: t.Any, path: str) -> bool:
    ask = getattr(ignore, "keeps_below", None)
    return ask is not None and bool(ask(path))


def _add_parents(root: str, path: str, entries: Manifest) -> None:
    parent = os.path.dirname(path)
    if parent and parent not in entries:
        _add_parents(root, parent, entries)
        entries[parent] = entry(root, parent)
