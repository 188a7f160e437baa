# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was unpacked of an archive, noted beside it, and whether it is so yet."""

from __future__ import annotations

import json
import os
import stat
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.outside.files import (
    read_bytes,
    write_atomically,
)
from ansible_collections.slipway.docker.plugins.module_utils.outside.trees import file_digest

BIN, MANIFEST = "bin", "manifest.json"


def note(place: str, digests: t.Mapping[str, str]) -> None:
    """Note the programs of an archive, each with its digest and with what tells it from a copy."""
    manifest = {
        name: {"digest": digest, "seen": _seen(os.path.join(place, BIN, name))}
        for name, digest in digests.items()
    }
    write_atomically(os.path.join(place, MANIFEST), json.dumps(manifest).encode())


def changed(place: str) -> tuple[str, ...]:
    """The programs of an archive that aren't as they were unpacked."""
    try:
        manifest = json.loads(read_bytes(os.path.join(place, MANIFEST)) or b"")
    except (OSError, ValueError):
        return (MANIFEST,)
    return tuple(
        name
        for name, noted in sorted(manifest.items())
        if not _is_as(os.path.join(place, BIN, name), noted)
    )


def _is_as(path: str, noted: t.Mapping[str, t.Any]) -> bool:
    """Whether a file is as noted; it is read only where it isn't the very file."""
    try:
        found = _seen(path)
        same = found == noted["seen"] or file_digest(path) == noted["digest"]
    except OSError:
        return False
    return same and bool(os.lstat(path).st_mode & stat.S_IXUSR)


def _seen(path: str) -> list[int]:
    found = os.lstat(path)
    return [found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino]
