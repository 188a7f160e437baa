# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shell that we leave on hosts: the supervisor, and the policy that holds the engine back."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import apt, supervisor

GONE = 2**22 + 1


def policy(folder: Path, pid: int, aside: str = "/nonexistent") -> Path:
    text = apt.POLICY_TEXT.format(mark=apt.MARK, pid=pid, aside=aside)
    path = folder / "policy-rc.d"
    path.write_text(text)
    path.chmod(0o755)
    return path


def status(path: Path, *words: str) -> int:
    return subprocess.run([path, *words], check=False).returncode


@pytest.mark.parametrize("words", [("docker", "start"), ("--quiet", "docker.socket", "start")])
def test_the_policy_holds_the_engine_back_while_we_live(tmp_path: Path, words: list[str]) -> None:
    assert status(policy(tmp_path, os.getpid()), *words) == 101
    assert status(policy(tmp_path, GONE), *words) == 0


def test_the_policy_leaves_all_else_to_the_one_that_was_there(tmp_path: Path) -> None:
    before = tmp_path / "before"
    before.write_text('#!/bin/sh\n[ "$1" = mysql ] && exit 104\nexit 101\n')
    before.chmod(0o755)

    ours = policy(tmp_path, os.getpid(), str(before))

    assert (status(ours, "mysql", "start"), status(ours, "nginx", "start")) == (104, 101)
    assert status(policy(tmp_path, os.getpid()), "nginx", "start") == 0


def test_the_supervisor_is_shell_that_every_sh_reads() -> None:
    ran = subprocess.run(["sh", "-n"], input=supervisor.TEXT, text=True, check=False)

    assert ran.returncode == 0
    assert not re.search("[^$]{[a-z]+}", supervisor.TEXT)
