# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run at a time for one engine: the others wait for their turn, or are told who has it.

The lock is the kernel's own (flock), so a run that dies gives it up, however it dies. What is
written in the file is for the message alone.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import pwd
import time
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import Refused

LOOK_AGAIN = 0.05
SOCKET = "unix://"
Tell = t.Callable[[str], None]


@contextlib.contextmanager
def turn(directory: str, engine: str, what: str, patience: float) -> t.Iterator[Tell]:
    """Have the turn for an engine in the `with` block; what is yielded notes what is done with it.

    ``what``: what the run is for; ``patience``: seconds to wait for the turn.
    """
    try:
        file = _open(directory, engine)
    except OSError:
        # Where no state can be kept there is no lock either; the records say so in a warning.
        yield lambda doing: None
        return
    with file:
        _wait(file, engine, patience)
        begun = "process {0} of {1}, since {2}".format(os.getpid(), _user(), _now())
        _note(file, "{0}: {1}".format(begun, what))
        try:
            yield lambda doing: _note(file, "{0}: {1}, {2}".format(begun, what, doing))
        finally:
            _note(file, "")


def _open(directory: str, engine: str) -> t.IO[str]:
    os.makedirs(directory, mode=0o700, exist_ok=True)
    # Runs for several engines from one controller don't wait for each other.
    place = (
        SOCKET + os.path.realpath(engine[len(SOCKET) :]) if engine.startswith(SOCKET) else engine
    )
    name = "run-{0}.lock".format(hashlib.sha256(place.encode()).hexdigest()[:12])
    descriptor = os.open(os.path.join(directory, name), os.O_RDWR | os.O_CREAT, 0o600)
    return os.fdopen(descriptor, "r+", encoding="utf-8", errors="replace")


def _wait(file: t.IO[str], engine: str, patience: float) -> None:
    deadline = time.monotonic() + patience
    while not _taken(file):
        if time.monotonic() >= deadline:
            raise Refused(
                "engine {0}".format(engine),
                "another run is at work on it: {0}".format(_noted(file) or "it has just begun"),
                "nothing was touched after {0:g} s of waiting; run again when it is done, or raise "
                "lock_timeout".format(patience),
            )
        time.sleep(LOOK_AGAIN)


def _taken(file: t.IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _noted(file: t.IO[str]) -> str:
    file.seek(0)
    return file.read().strip()


def _note(file: t.IO[str], text: str) -> None:
    # A full disk must not stop a run: the lock holds without a word in it.
    with contextlib.suppress(OSError):
        file.seek(0)
        file.truncate()
        file.write(text)
        file.flush()


def _user() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


def _now() -> str:
    return time.strftime("%Y-%m-%d %H:%M:%S %z")
