# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Archives of programs, each unpacked into a directory that is named after its digest."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import tarfile
import tempfile
import typing as t
import zlib

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import StepError
from ansible_collections.slipway.docker.plugins.module_utils.outside.downloads import download
from ansible_collections.slipway.docker.plugins.module_utils.outside.manifests import (
    BIN,
    MANIFEST,
    changed,
    note,
)
from ansible_collections.slipway.docker.plugins.module_utils.outside.trees import file_digest

TEMPORARY = ".unpack-"
DIGITS = re.compile(r"[0-9a-f]{64}\Z")
CHUNK = 1 << 20
KINDS = {tarfile.REGTYPE: "file", tarfile.AREGTYPE: "file", tarfile.DIRTYPE: "directory"}
LINKS = {tarfile.SYMTYPE: "symbolic link", tarfile.LNKTYPE: "hard link"}
OTHER = "its digest is sha256:{0}, and sha256:{1} is declared"
Choose = t.Callable[[t.Iterable[t.Tuple[str, str]]], t.Mapping[str, str]]


class Archives:
    """The archives below a root: complete ones by their digits, and what a killed run left of others."""

    def look(self, root: str) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
        """Each archive with the programs that aren't as they were unpacked, and what was left."""
        try:
            names = sorted(os.listdir(root))
        except FileNotFoundError:
            return {}, ()
        there = {name: changed(os.path.join(root, name)) for name in names if DIGITS.match(name)}
        return there, tuple(name for name in names if name.startswith(TEMPORARY))

    def problem(self, path: str, digits: str) -> str:
        """Why a file can't be the archive with this digest; empty where it is."""
        try:
            found = file_digest(path)
        except OSError as error:
            return "it can't be read ({0})".format(error.strerror or error)
        return "" if found == digits else OTHER.format(found, digits)

    def unpack(self, root: str, digits: str, source: t.IO[bytes], choose: Choose) -> None:
        """Unpack an archive that has this digest, in one move; one that is there is mended.

        ``choose`` is told all members, refuses, or says which of them become which programs.
        """
        _must_have(source, digits)
        with _opened(source) as archive:
            members = archive.getmembers()
            chosen = choose((member.name, _kind(member)) for member in members)
            _must_fit(root, sum(member.size for member in members))
            place = _new_directory(root)
            try:
                _fill(place, archive, chosen)
                _move(place, os.path.join(root, digits))
            finally:
                shutil.rmtree(place, ignore_errors=True)

    def remove(self, root: str, names: t.Iterable[str]) -> None:
        """Remove archives, and the root when it is empty then."""
        for name in names:
            shutil.rmtree(os.path.join(root, name), ignore_errors=True)
        with contextlib.suppress(OSError):
            os.rmdir(root)

    @contextlib.contextmanager
    def fetched(self, root: str, url: str) -> t.Iterator[t.IO[bytes]]:
        """What lies at an address, in a file that is gone afterwards."""
        _make(root)
        with tempfile.TemporaryFile(dir=root) as file:
            download(url, file, shutil.disk_usage(root).free)
            yield file

    @contextlib.contextmanager
    def opened(self, path: str) -> t.Iterator[t.IO[bytes]]:
        """A file of this host."""
        try:
            file = open(path, "rb")  # noqa: SIM115
        except OSError as error:
            raise StepError(path, "it can't be read ({0})".format(error.strerror)) from None
        with file:
            yield file

    @contextlib.contextmanager
    def carried(self, parcel: t.IO[bytes]) -> t.Iterator[t.IO[bytes]]:
        """The one file in a parcel."""
        with parcel, tarfile.open(fileobj=parcel) as members:
            yield t.cast(t.IO[bytes], members.extractfile(members.getmembers()[0]))


def _must_have(source: t.IO[bytes], digits: str) -> None:
    total = hashlib.sha256()
    source.seek(0)
    for chunk in iter(lambda: source.read(CHUNK), b""):
        total.update(chunk)
    source.seek(0)
    if total.hexdigest() != digits:
        problem = OTHER.format(total.hexdigest(), digits)
        hint = "nothing was unpacked; get it anew, or correct archive.checksum"
        raise StepError("the archive", problem, hint)


@contextlib.contextmanager
def _opened(source: t.IO[bytes]) -> t.Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(fileobj=source) as archive:
            yield archive
    except (tarfile.TarError, zlib.error, EOFError) as error:
        raise StepError("the archive", "it is no tar archive ({0})".format(error)) from error


def _kind(member: tarfile.TarInfo) -> str:
    return {**KINDS, **LINKS}.get(member.type, "neither a file nor a directory")


def _must_fit(root: str, size: int) -> None:
    _make(root)
    free = shutil.disk_usage(root).free
    if size > free:
        problem = "no room: {0} MiB are needed, and {1} are free".format(size >> 20, free >> 20)
        raise StepError(root, problem, "make room, and run again; nothing was unpacked")


def _make(root: str) -> None:
    """The root, open to all who run its programs, whatever this run's mask is."""
    missing = [path for path in (os.path.dirname(root), root) if not os.path.isdir(path)]
    os.makedirs(root, exist_ok=True)
    for path in missing:
        os.chmod(path, 0o755)


def _new_directory(root: str) -> str:
    for name in os.listdir(root):
        if name.startswith(TEMPORARY):
            shutil.rmtree(os.path.join(root, name), ignore_errors=True)
    place = tempfile.mkdtemp(dir=root, prefix=TEMPORARY)
    os.mkdir(os.path.join(place, BIN))
    for path in (place, os.path.join(place, BIN)):
        os.chmod(path, 0o755)
    return place


def _fill(place: str, archive: tarfile.TarFile, chosen: t.Mapping[str, str]) -> None:
    digests = {}
    for name, member in chosen.items():
        content = t.cast(t.IO[bytes], archive.extractfile(member))
        digests[name] = _extract(content, os.path.join(place, BIN, name))
    note(place, digests)


def _extract(content: t.IO[bytes], path: str) -> str:
    """Write a program; returns its digest."""
    total = hashlib.sha256()
    with open(path, "xb") as file:
        for chunk in iter(lambda: content.read(CHUNK), b""):
            total.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    os.chmod(path, 0o755)
    return total.hexdigest()


def _move(place: str, target: str) -> None:
    """Put a directory in place; where it is there, each file in one move, the manifest last."""
    if not os.path.isdir(target):
        os.rename(place, target)
        return
    os.makedirs(os.path.join(target, BIN), exist_ok=True)
    for name in sorted(os.listdir(os.path.join(place, BIN))):
        os.replace(os.path.join(place, BIN, name), os.path.join(target, BIN, name))
    os.replace(os.path.join(place, MANIFEST), os.path.join(target, MANIFEST))
