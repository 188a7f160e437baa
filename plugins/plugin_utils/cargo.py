# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cargo: what stands ready on the controller to be carried to a host, by the digest of its content."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import tarfile
import tempfile
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.outside import contexts
from ansible_collections.slipway.docker.plugins.module_utils.outside.trees import (
    FILE,
    Entry,
    Manifest,
    file_digest,
    header,
    manifest,
    open_tar,
    pack,
    tree_digest,
)

Made = t.Mapping[str, t.Tuple[bytes, int]]
Packer = t.Callable[[t.IO[bytes]], None]


class Cargo:
    """Trees that may be asked for; each is packed only when it is."""

    def __init__(self) -> None:
        self._packers: dict[str, Packer] = {}

    def directory(
        self, path: str, ignore: t.Callable[[str, bool], bool] | None = None
    ) -> tuple[str, Manifest]:
        """Stand a directory ready; returns its digest and its entries."""
        entries = manifest(path, ignore)
        return self._stand_ready(entries, lambda file: pack(path, entries, file))

    def file(self, path: str, mode: int | None = None) -> tuple[str, Manifest]:
        """Stand a single file ready, as a tree of one."""
        try:
            found = stat.S_IMODE(os.stat(path).st_mode)
            entry = Entry(FILE, found if mode is None else mode, file_digest(path))
        except OSError as error:
            raise InputError(
                path,
                "can't be read ({0})".format(error.strerror),
                "check the path; it is looked for on the controller",
            ) from None
        name = os.path.basename(path)
        return self._stand_ready(
            {name: entry}, lambda file: _pack_bytes({name: entry}, _whole(path), file)
        )

    def declared(self, path: str, digest: str) -> str:
        """Stand a file ready that is read only when it is asked for, and then has to have this SHA-256."""
        path = os.path.realpath(path)
        entries = {os.path.basename(path): Entry(FILE, 0o644, digest)}
        return self._stand_ready(entries, lambda file: pack(os.path.dirname(path), entries, file))[
            0
        ]

    def text(self, name: str, content: str, mode: int) -> tuple[str, Manifest]:
        """Stand a text ready, as a tree of one file."""
        data = content.encode("utf-8", "surrogateescape")
        entries = {name: Entry(FILE, mode, hashlib.sha256(data).hexdigest())}
        return self._stand_ready(entries, lambda file: _pack_bytes(entries, data, file))

    def made(self, name: str, make: t.Callable[[], Made]) -> None:
        """Stand ready what is made only when it is asked for, so that a name takes its digest's place."""
        self._packers[name] = lambda file: _pack_made(make(), file)

    def context(self, build: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """Stand a build's context ready; returns the build with the recipe that says what it is made of."""
        directory = build["context"]
        digest, entries = self.directory(directory, contexts.ignored(directory, build))
        return {**build, "recipe": contexts.recipe(directory, build, digest, entries)}

    def pack(self, digests: t.Iterable[str], path: str) -> None:
        """Write the archive that holds these parcels."""
        with tarfile.open(path, "w") as archive:
            for digest in digests:
                with tempfile.TemporaryFile() as spool:
                    self._packers[digest](spool)
                    info = tarfile.TarInfo(digest + ".tar")
                    info.size = spool.tell()
                    spool.seek(0)
                    archive.addfile(info, spool)

    def _stand_ready(self, entries: Manifest, packer: Packer) -> tuple[str, Manifest]:
        digest = tree_digest(entries)
        self._packers[digest] = packer
        return digest, entries


def _whole(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _pack_bytes(entries: t.Mapping[str, Entry], data: bytes, file: t.IO[bytes]) -> None:
    with open_tar(file) as archive:
        for path, entry in entries.items():
            archive.addfile(header(path, entry, len(data)), io.BytesIO(data))


def _pack_made(made: Made, file: t.IO[bytes]) -> None:
    with open_tar(file) as archive:
        for name, (data, mode) in made.items():
            archive.addfile(header(name, Entry(FILE, mode), len(data)), io.BytesIO(data))
