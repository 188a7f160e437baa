# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A repository for apt: packages, an index, a signature, and a server that test hosts reach."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import http.server
import os
import shutil
import subprocess
import tempfile
import threading
import typing as t
from dataclasses import dataclass, field
from email.utils import formatdate
from pathlib import Path

from tests.ground.engine import engine, network

QUICK = ["gpg", "--batch", "--quiet", "--yes", "--pinentry-mode", "loopback", "--passphrase", ""]
INDEX = "{control}\nFilename: {path}\nSize: {size}\nSHA256: {digest}\n\n"
RELEASE = "Suite: {suite}\nCodename: {suite}\nComponents: {component}\nArchitectures: {architecture}\nDate: {date}\nSHA256:\n {digest} {size} {path}\n"


@dataclass(frozen=True)
class Signer:
    """A key pair of GnuPG's, in a directory of its own."""

    home: Path

    def run(self, *words: str, stdin: bytes = b"") -> bytes:
        """What GnuPG prints."""
        environment = {**os.environ, "GNUPGHOME": str(self.home)}
        command = [*QUICK, *words]
        done = subprocess.run(
            command, input=stdin, env=environment, check=True, stdout=subprocess.PIPE
        )
        return done.stdout

    @property
    def fingerprint(self) -> str:
        """What tells this key from all others."""
        lines = self.run("--list-keys", "--with-colons").decode().splitlines()
        return next(line for line in lines if line.startswith("fpr:")).split(":")[9]

    @property
    def public(self) -> bytes:
        """The public half, armored."""
        return self.run("--armor", "--export")


@contextlib.contextmanager
def signer(name: str) -> t.Iterator[Signer]:
    """A key pair that is gone afterwards."""
    # In /tmp, since the path of the agent's socket has to be short.
    with tempfile.TemporaryDirectory(prefix="gpg-", dir="/tmp") as home:
        made = Signer(Path(home))
        made.run("--quick-gen-key", f"{name} <{name}@example.org>", "rsa2048", "sign", "never")
        yield made
        subprocess.run(["gpgconf", "--homedir", home, "--kill", "all"], check=True)


@dataclass
class Repository:
    """A directory that is a repository of one distribution, at the place that Docker's has."""

    folder: Path
    requests: list[str] = field(default_factory=list)

    def publish(self, packages: t.Collection[Path], key: Signer, suite: str = "trixie") -> None:
        """Have these packages in it, and nothing else, signed with this key."""
        pool, dists = self.folder / "debian/pool", self.folder / f"debian/dists/{suite}"
        shutil.rmtree(self.folder / "debian", ignore_errors=True)
        index = dists / f"stable/binary-{architecture()}/Packages"
        for directory in (pool, index.parent):
            directory.mkdir(parents=True)
        for package in packages:
            os.symlink(package, pool / package.name)
        index.write_text("".join(map(_entry, sorted(packages))))
        release = RELEASE.format(
            suite=suite,
            component="stable",
            architecture=architecture(),
            date=formatdate(usegmt=True),
            digest=hashlib.sha256(index.read_bytes()).hexdigest(),
            size=index.stat().st_size,
            path=index.relative_to(dists),
        )
        (dists / "InRelease").write_bytes(key.run("--clearsign", stdin=release.encode()))
        (self.folder / "debian/gpg").write_bytes(key.public)

    @contextlib.contextmanager
    def served(self) -> t.Iterator[int]:
        """The port on which test hosts reach it while this lasts."""
        handler = functools.partial(_Handler, self.requests, directory=str(self.folder))
        with http.server.ThreadingHTTPServer(("0.0.0.0", 0), handler) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            yield server.server_port
            server.shutdown()


class _Handler(http.server.SimpleHTTPRequestHandler):
    """Files, and a note of what was asked for."""

    def __init__(self, requests: list[str], *words: t.Any, **more: t.Any) -> None:
        self.requests = requests
        super().__init__(*words, **more)

    def log_message(self, format: str, *args: t.Any) -> None:
        self.requests.append(self.path)


def gateway() -> str:
    """This machine, as its test hosts reach it."""
    with network() as name:
        found = engine().networks.get(name)
    return str(found.attrs["IPAM"]["Config"][0]["Gateway"])


@functools.cache
def architecture() -> str:
    """What dpkg calls this machine."""
    command = ["dpkg", "--print-architecture"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@functools.cache
def _entry(package: Path) -> str:
    told = subprocess.run(["dpkg-deb", "--field", package], check=True, capture_output=True)
    data = package.read_bytes()
    return INDEX.format(
        control=told.stdout.decode().strip(),
        path=f"pool/{package.name}",
        size=len(data),
        digest=hashlib.sha256(data).hexdigest(),
    )
