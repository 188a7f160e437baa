# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trees of files that we place on the host, and the note of what was placed."""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.outside.files import (
    read_bytes,
    write_atomically,
)
from ansible_collections.slipway.docker.plugins.module_utils.outside.trees import Manifest, entry


class Placing:
    """The trees below any root; a note a tree, in the state directory, says what of it is ours."""

    def __init__(self, state: str) -> None:
        self._notes = os.path.join(state, "trees")

    def entries(self, root: str, paths: t.Iterable[str]) -> Manifest:
        """What is there of these paths."""
        return {
            path: entry(root, path)
            for path in sorted(paths)
            if os.path.lexists(os.path.join(root, path))
        }

    def ownership(self, root: str, paths: t.Iterable[str]) -> str:
        """Who owns them, as `uid:gid`; empty where they are not all of one owner."""
        stats = [os.lstat(os.path.join(root, path)) for path in paths]
        owners = {"{0}:{1}".format(found.st_uid, found.st_gid) for found in stats}
        return owners.pop() if len(owners) == 1 else ""

    def placed(self, root: str) -> list[str]:
        """The paths that we placed below a root."""
        return list(self._note(root).get("paths", ()))

    def owned_by(self, project: str) -> list[str]:
        """The roots that belong to a project."""
        try:
            names = sorted(os.listdir(self._notes))
        except FileNotFoundError:
            return []
        notes = (_load(os.path.join(self._notes, name)) for name in names)
        return [note["root"] for note in notes if note.get("project") == project]

    def unpack(self, root: str, archive: t.IO[bytes], owner: str) -> None:
        """Bring the members of a tar archive below a root, each file in one move."""
        os.makedirs(os.path.dirname(root), mode=0o700, exist_ok=True)
        os.makedirs(root, mode=0o755, exist_ok=True)
        with tarfile.open(fileobj=archive, mode="r|") as members:
            for member in members:
                _unpack_one(members, member, root, owner)

    def remove(self, root: str, paths: t.Iterable[str]) -> None:
        """Remove these paths, deepest first; a directory that holds something else stays."""
        for path in sorted(paths, key=lambda path: path.count("/"), reverse=True):
            _remove_one(os.path.join(root, path))

    def keep(self, root: str, project: str, paths: t.Sequence[str]) -> None:
        """Note what is ours below a root."""
        note = {"root": root, "project": project, "paths": list(paths)}
        write_atomically(self._note_path(root), json.dumps(note).encode(), mode=0o600)

    def forget(self, root: str) -> None:
        """Drop the note of a root, and the root if it is empty."""
        _remove_one(root)
        _remove_one(self._note_path(root))

    def _note(self, root: str) -> dict[str, t.Any]:
        return _load(self._note_path(root))

    def _note_path(self, root: str) -> str:
        return os.path.join(self._notes, hashlib.sha256(root.encode()).hexdigest()[:24] + ".json")


def _load(path: str) -> dict[str, t.Any]:
    try:
        note = json.loads(read_bytes(path) or b"{}")
    except ValueError:
        return {}
    return note if isinstance(note, dict) else {}


def _unpack_one(members: tarfile.TarFile, member: tarfile.TarInfo, root: str, owner: str) -> None:
    path = os.path.join(root, member.name)
    if not os.path.realpath(os.path.dirname(path)).startswith(os.path.realpath(root)):
        raise OSError("{0} would leave {1}".format(member.name, root))
    if member.isdir():
        _make_way(path, stays=os.path.isdir(path) and not os.path.islink(path))
        os.makedirs(path, exist_ok=True)
        os.chmod(path, member.mode)
    else:
        _make_way(path, stays=not os.path.isdir(path) or os.path.islink(path))
        _move_in(members, member, path)
    if owner:
        uid, gid = owner.split(":")
        os.lchown(path, int(uid), int(gid))


def _make_way(path: str, stays: bool) -> None:
    if not stays and os.path.lexists(path):
        _remove_one(path)


def _move_in(members: tarfile.TarFile, member: tarfile.TarInfo, path: str) -> None:
    directory = os.path.dirname(path)
    temporary = os.path.join(directory, ".slipway-" + os.urandom(8).hex())
    if member.issym():
        os.symlink(member.linkname, temporary)
    else:
        content = t.cast(t.IO[bytes], members.extractfile(member))
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            for chunk in iter(lambda: content.read(1 << 20), b""):
                file.write(chunk)
        os.chmod(temporary, member.mode)
        os.utime(temporary, (member.mtime, member.mtime))
    os.replace(temporary, path)


def _remove_one(path: str) -> None:
    try:
        if os.path.isdir(path) and not os.path.islink(path):
            os.rmdir(path)
        else:
            os.unlink(path)
    except (FileNotFoundError, NotADirectoryError):
        pass
    except OSError:
        # A directory that holds what isn't ours stays.
        if not os.path.isdir(path):
            raise
