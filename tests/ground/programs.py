# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs of Debian's packages, unpacked beside this machine's own and not installed on it."""

from __future__ import annotations

from pathlib import Path

from tests.ground.debian import make_root
from tests.ground.engine import CACHE, alone

SUITE = "bookworm"
PLACES = ("bin", "usr/bin", "sbin", "usr/sbin", "usr/libexec/docker/cli-plugins")


def program(package: str, name: str, suite: str = SUITE) -> Path:
    """A program's file; its package is fetched when it is asked for the first time."""
    root = CACHE / "packages" / suite / package
    with alone("packages"):
        if not (root / "usr").exists():
            print(f"Unpacking {package} from Debian's packages", flush=True)
            make_root(suite, [package], [], root, variant="extract")
    return find(root, name)


def find(root: Path, name: str) -> Path:
    """The file of a program in a root file system."""
    return next(path for place in PLACES if (path := root / place / name).exists())


def compose() -> Path:
    """Compose's own program, version 2."""
    return program("docker-compose", "docker-compose", "trixie")
