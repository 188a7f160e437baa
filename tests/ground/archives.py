# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Archives laid out as Docker's static ones, out of the programs of Debian's packages."""

from __future__ import annotations

import hashlib
import io
import tarfile
import typing as t
from dataclasses import dataclass
from pathlib import Path

from tests.ground.engine import CACHE
from tests.ground.programs import program

# Each program, by the package that has it; Debian's client is apart from trixie on.
PROGRAMS = {
    "containerd": "docker.io",
    "containerd-shim-runc-v2": "docker.io",
    "ctr": "docker.io",
    "docker": "docker.io",
    "docker-init": "docker.io",
    "docker-proxy": "docker.io",
    "dockerd": "docker.io",
    "runc": "docker.io",
}
CLIENT = {"trixie": {"docker": "docker-cli"}}
CALLED = {"docker-init": "tini-static"}
# What Debian's programs are linked with, unlike Docker's own, and not every host has.
LIBRARIES = ("libdevmapper1.02.1", "libseccomp2", "libsystemd0")


@dataclass(frozen=True)
class Archive:
    """An archive, and its SHA-256."""

    path: Path
    digits: str

    @property
    def checksum(self) -> str:
        """The digest as the option has it."""
        return f"sha256:{self.digits}"


def archive(suite: str, name: str = "", **instead: bytes) -> Archive:
    """The archive of a suite's engine; it is made once.

    ``instead``: other content for programs, by their name without dashes; ``name`` tells such an archive apart.
    """
    path = CACHE / "archives" / f"docker-{suite}{name}.tgz"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tarfile.open(path.with_suffix(".new"), "w:gz", compresslevel=1) as made:
            for each in PROGRAMS:
                content = instead.get(each.replace("-", "")) or _program(suite, each)
                made.addfile(*_member(f"docker/{each}", content))
        path.with_suffix(".new").rename(path)
    return Archive(path, hashlib.sha256(path.read_bytes()).hexdigest())


def _program(suite: str, name: str) -> bytes:
    package = {**PROGRAMS, **CLIENT.get(suite, {})}[name]
    return program(package, CALLED.get(name, name), suite).read_bytes()


def _member(path: str, content: bytes) -> tuple[tarfile.TarInfo, t.IO[bytes]]:
    member = tarfile.TarInfo(path)
    member.size, member.mode = len(content), 0o755
    return member, io.BytesIO(content)
