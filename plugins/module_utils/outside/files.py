# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of the host: read whole, replaced in one move."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile


def read_bytes(path: str) -> bytes | None:
    """What a file holds; None where there is none."""
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None


def write_atomically(
    path: str, data: bytes, mode: int = 0o644, directory_mode: int = 0o700
) -> None:
    """Replace a file in one move, so that no reader sees half of it; its directory is made."""
    directory = os.path.dirname(path)
    os.makedirs(directory, mode=directory_mode, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=directory, prefix=".slipway-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, mode)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def tune(path: str, text: str) -> str:
    """Write into a file of the kernel's, which is no file to replace; returns why it can't be."""
    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        return error.strerror or str(error)
    return ""


def read_link(path: str) -> str | None:
    """Where a symbolic link leads; empty for anything else, and None where nothing is."""
    try:
        return os.readlink(path)
    except FileNotFoundError:
        return None
    except OSError:
        return ""


def link(target: str, path: str) -> None:
    """Have a symbolic link lead there, in one move; its directory is made."""
    directory = os.path.dirname(path)
    os.makedirs(directory, mode=0o755, exist_ok=True)
    temporary = os.path.join(directory, ".slipway-" + os.urandom(8).hex())
    os.symlink(target, temporary)
    try:
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def mode_of(path: str) -> int | None:
    """The permission bits of a file; None where there is none."""
    try:
        return stat.S_IMODE(os.stat(path).st_mode)
    except FileNotFoundError:
        return None


def remove(path: str) -> None:
    """Remove a file; one that is gone already is fine."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(path)
