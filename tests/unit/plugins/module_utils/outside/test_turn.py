# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs that take turns: each holder is a process of its own, since that is what holds a lock."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
import typing as t
from pathlib import Path

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import Refused
from ansible_collections.slipway.docker.plugins.module_utils.outside.turn import turn

ENGINE = "unix:///var/run/docker.sock"


PROGRAM = """
import sys, time
from ansible_collections.slipway.docker.plugins.module_utils.outside.turn import turn
state, engine, seconds = sys.argv[1:]
with turn(state, engine, "project shop", 0) as tell:
    tell("3 steps")
    print("begun", flush=True)
    time.sleep(float(seconds))
"""


@contextlib.contextmanager
def holder(state: Path, seconds: float = 60, engine: str = ENGINE) -> t.Iterator[int]:
    """A process that has the turn for so long; its number."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(state), engine, str(seconds)],
        env={**os.environ, "PYTHONPATH": ":".join(sys.path)},
        stdout=subprocess.PIPE,
    )
    with process:
        assert process.stdout and process.stdout.readline()
        yield process.pid
        process.kill()


def test_a_second_one_waits_for_the_first_and_then_goes_on(tmp_path: Path) -> None:
    with holder(tmp_path, seconds=0.5):
        begun = time.monotonic()
        with turn(str(tmp_path), ENGINE, "project blog", 30):
            assert 0.3 < time.monotonic() - begun < 10


def test_one_that_has_waited_enough_says_who_is_at_work(tmp_path: Path) -> None:
    blog = turn(str(tmp_path), ENGINE, "project blog", 0.1)
    with holder(tmp_path) as process:
        refused = pytest.raises(Refused, blog.__enter__)

    told = "engine {0}: another run is at work on it: process {1} of [a-z]+, since [-0-9 :+]+: "
    told += "project shop, 3 steps; nothing was touched after 0.1 s of waiting; run again when "
    told += "it is done, or raise lock_timeout"
    assert re.fullmatch(told.format(ENGINE, process), str(refused.value))


def test_one_that_was_killed_holds_nothing_up(tmp_path: Path) -> None:
    with holder(tmp_path) as process:
        os.kill(process, signal.SIGKILL)
        with turn(str(tmp_path), ENGINE, "project blog", 10):
            pass


def test_a_daemon_that_a_run_starts_does_not_keep_its_turn(tmp_path: Path) -> None:
    with turn(str(tmp_path), ENGINE, "engine docker", 0):
        daemon = subprocess.Popen(["sleep", "60"], close_fds=False)
    try:
        with turn(str(tmp_path), ENGINE, "project blog", 0):
            pass
    finally:
        daemon.kill()
        daemon.wait()


def test_runs_for_several_engines_do_not_wait_for_each_other(tmp_path: Path) -> None:
    with holder(tmp_path, engine="tcp://one:2376"), turn(str(tmp_path), "tcp://two:2376", "", 0):
        pass


def test_two_names_of_one_socket_are_one_engine(tmp_path: Path) -> None:
    (tmp_path / "other.sock").symlink_to("/var/run/docker.sock")
    other = turn(str(tmp_path), "unix://{0}/other.sock".format(tmp_path), "", 0)
    with holder(tmp_path), pytest.raises(Refused), other:
        pass


def test_where_no_state_can_be_kept_a_run_goes_on_alone(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with turn(str(tmp_path / "file"), ENGINE, "project shop", 0) as tell:
        tell("3 steps")


def test_nobody_else_can_read_who_is_at_work(tmp_path: Path) -> None:
    with turn(str(tmp_path / "state"), ENGINE, "project shop", 0):
        (lock,) = (tmp_path / "state").iterdir()
        assert (lock.stat().st_mode & 0o777, "shop" in lock.read_text()) == (0o600, True)
    assert lock.read_text() == ""
