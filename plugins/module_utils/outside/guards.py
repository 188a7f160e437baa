# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Directories into which nobody can write, not even root: without a right, and immutable."""

from __future__ import annotations

import contextlib
import fcntl
import os
import struct
import typing as t

# ioctl_iflags(2); the numbers hold the size of a long, although an int is what is passed.
LONG = struct.calcsize("l") << 16
GET_FLAGS, SET_FLAGS = (2 << 30) | LONG | 0x6601, (1 << 30) | LONG | 0x6602
IMMUTABLE = 0x10


def close(path: str) -> None:
    """Make a directory that nobody can write into; where it can't be immutable, it has no rights."""
    os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)
    os.makedirs(path, exist_ok=True)
    _set(path, False)
    os.chmod(path, 0)
    _set(path, True)


def remove(path: str) -> None:
    """Remove such a directory, if it is empty; one that is gone already is fine."""
    _set(path, False)
    with contextlib.suppress(FileNotFoundError):
        os.rmdir(path)


def content(path: str) -> list[str]:
    """The names in a directory; none where there is no directory."""
    try:
        return sorted(os.listdir(path))
    except (FileNotFoundError, NotADirectoryError):
        return []


class Guards(t.NamedTuple):
    """What can be done with guarded directories."""

    close: t.Callable[[str], None] = close
    remove: t.Callable[[str], None] = remove
    content: t.Callable[[str], list[str]] = content


def _set(path: str, is_immutable: bool) -> None:
    with contextlib.suppress(OSError):
        directory = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            flags = struct.unpack("i", fcntl.ioctl(directory, GET_FLAGS, bytes(4)))[0]
            flags = flags | IMMUTABLE if is_immutable else flags & ~IMMUTABLE
            fcntl.ioctl(directory, SET_FLAGS, struct.pack("i", flags))
        finally:
            os.close(directory)
