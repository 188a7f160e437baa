# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that may hang for good: asked all at once, and left behind when their time is over."""

from __future__ import annotations

import contextlib
import subprocess
import tempfile
import time
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.outside.programs import Ran

TOO_LATE = 124


def probe(commands: t.Mapping[str, t.Sequence[str]], timeout: float) -> dict[str, Ran]:
    """What each program, by a name of its own, says within `timeout` seconds for all of them.

    One that waits for a dead server can't even be killed, so it is never waited for.
    """
    deadline = time.monotonic() + timeout
    with contextlib.ExitStack() as stack:
        begun = {
            name: _begin(
                command,
                # Files and not pipes: what is left behind must hold up nobody who reads.
                stack.enter_context(tempfile.TemporaryFile()),
                stack.enter_context(tempfile.TemporaryFile()),
            )
            for name, command in commands.items()
        }
        return {name: _end(run, deadline, timeout) for name, run in begun.items()}


class _Begun(t.NamedTuple):
    process: subprocess.Popen[bytes] | None
    out: t.IO[bytes]
    err: t.IO[bytes]
    problem: str = ""


def _begin(command: t.Sequence[str], out: t.IO[bytes], err: t.IO[bytes]) -> _Begun:
    try:
        process = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            cwd="/",
            start_new_session=True,
        )
    except OSError as error:
        return _Begun(None, out, err, str(error))
    return _Begun(process, out, err)


def _end(begun: _Begun, deadline: float, timeout: float) -> Ran:
    if begun.process is None:
        return Ran(127, "", begun.problem)
    try:
        status = begun.process.wait(max(deadline - time.monotonic(), 0.01))
    except subprocess.TimeoutExpired:
        begun.process.kill()
        return Ran(TOO_LATE, "", "no answer after {0:g} s".format(timeout))
    return Ran(status, _whole(begun.out), _whole(begun.err))


def _whole(file: t.IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "replace")
