# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes of the host: whether one lives, signals to it, and daemons that outlive the run."""

from __future__ import annotations

import contextlib
import os
import subprocess
import time
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.outside.files import read_bytes

LOOK_AGAIN = 0.05


class Processes:
    """Processes by number; a zombie counts as gone, since nobody may be there to bury it."""

    def since(self, pid: int) -> str:
        """When a process began, in clock ticks (a later one has others); empty if it is gone."""
        try:
            fields = (read_bytes("/proc/{0}/stat".format(pid)) or b"").rpartition(b")")[2].split()
        except OSError:
            return ""
        return fields[19].decode() if len(fields) > 19 and fields[0] not in (b"Z", b"X") else ""

    def alive(self, pid: int) -> bool:
        """Whether a process runs."""
        return bool(self.since(pid))

    def command(self, pid: int) -> list[str]:
        """The command line of a process; empty if it is gone."""
        try:
            words = (read_bytes("/proc/{0}/cmdline".format(pid)) or b"").split(b"\0")
        except OSError:
            return []
        return [word.decode("utf-8", "replace") for word in words if word]

    def send(self, pid: int, number: int) -> None:
        """Send a signal; a process that is gone doesn't mind."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)

    def ended(self, pid: int, timeout: float) -> bool:
        """Wait until a process is gone; False when `timeout` seconds have passed."""
        deadline = time.monotonic() + timeout
        while self.alive(pid):
            if time.monotonic() > deadline:
                return False
            time.sleep(LOOK_AGAIN)
        return True

    def spawn(self, command: t.Sequence[str], log: str) -> int:
        """Start a daemon that outlives the run; what it says is added to `log`."""
        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o640)
        try:
            return subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=descriptor,
                stderr=descriptor,
                cwd="/",
                start_new_session=True,
            ).pid
        finally:
            os.close(descriptor)
