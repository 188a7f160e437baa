# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs of Debian's packages, unpacked beside this machine's own and not installed on it."""

from __future__ import annotations

from pathlib import Path

from tests.ground.debian import make_root
from tests.ground.engine import CACHE

SUITE = "bookworm"
PLACES = ("bin", "usr/bin", "sbin", "usr/sbin")


def program(package: str, name: str) -> Path:
    """A program's file; its package is fetched when it is asked for the first time."""
    root = CACHE / "packages" / package
    if not (root / "bin").exists():
        print(f"Unpacking {package} from Debian's packages", flush=True)
        make_root(SUITE, [package], [], root, variant="extract")
    return find(root, name)


def find(root: Path, name: str) -> Path:
    """The file of a program in a root file system."""
    return next(path for place in PLACES if (path := root / place / name).exists())
