# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes of this machine: seen, told apart, started so that they outlive us, and stopped."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.outside.processes import Processes

PROCESSES = Processes()
NOBODY = 2**22 + 1


def test_a_living_process_is_told_from_one_that_is_gone() -> None:
    assert PROCESSES.alive(os.getpid())
    assert PROCESSES.command(os.getpid())[0] == sys.orig_argv[0]
    assert not PROCESSES.alive(NOBODY)
    assert PROCESSES.command(NOBODY) == []
    PROCESSES.send(NOBODY, signal.SIGTERM)


def test_a_zombie_is_gone() -> None:
    child = subprocess.Popen(["sleep", "1000"])
    assert PROCESSES.alive(child.pid)
    child.kill()

    assert PROCESSES.ended(child.pid, 10)
    child.wait()


def test_waiting_for_a_process_that_stays_ends() -> None:
    child = subprocess.Popen(["sleep", "1000"])

    assert not PROCESSES.ended(child.pid, 0)
    child.kill()
    child.wait()


def test_a_spawned_daemon_has_a_session_of_its_own_and_a_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("before\n")
    pid = PROCESSES.spawn(["sh", "-c", "echo out; echo err >&2; exec sleep 1000"], str(log))
    try:
        assert os.getsid(pid) == pid
        deadline = time.monotonic() + 10
        while log.read_text().count("\n") < 3 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert log.read_text() == "before\nout\nerr\n"
    finally:
        PROCESSES.send(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def test_a_daemon_outlives_whoever_started_it(tmp_path: Path) -> None:
    starter = (
        "from ansible_collections.slipway.docker.plugins.module_utils.outside.processes import Processes\n"
        "print(Processes().spawn(['sleep', '1000'], {0!r}))".format(str(tmp_path / "log"))
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    command = [sys.executable, "-W", "ignore", "-c", starter]
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    pid = int(ran.stdout)
    try:
        assert PROCESSES.alive(pid)
    finally:
        os.kill(pid, signal.SIGKILL)


@pytest.mark.parametrize("pid", [1, os.getpid()])
def test_a_process_has_one_beginning(pid: int) -> None:
    assert PROCESSES.since(pid) == PROCESSES.since(pid) != ""
