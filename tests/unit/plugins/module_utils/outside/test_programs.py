# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs: what they say comes back, and none of them can hold up a run for good."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.outside.programs import run


def test_what_a_program_says_and_how_it_ends_come_back() -> None:
    ran = run(["sh", "-c", "echo out; echo err >&2; exit 3"])

    assert (ran.status, ran.out, ran.err, ran.ok) == (3, "out\n", "err\n", False)
    assert run(["true"]).ok


def test_a_program_is_given_its_input_and_reads_no_other() -> None:
    assert run(["cat"], stdin="größe").out == "größe"
    assert run(["cat"]).out == ""


def test_no_shell_comes_between() -> None:
    assert run(["echo", "$HOME; *"]).out == "$HOME; *\n"


def test_a_program_speaks_as_nobody_has_told_it_to_and_hears_what_it_should(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    monkeypatch.setenv("LANGUAGE", "de")
    told = run(["sh", "-c", 'echo "$LC_ALL:$LANGUAGE:$MINE"'], environment={"MINE": "1"}).out

    assert told == "C.UTF-8::1\n"


def test_a_program_that_is_not_there_or_can_not_run_is_an_answer_and_no_error(
    tmp_path: Path,
) -> None:
    plain = tmp_path / "plain"
    plain.write_text("no program")

    assert run(["core-no-such-program"]).status == 127
    assert run([str(plain)]).status == 126
    assert run(["echo", "x" * 5_000_000]).status == 126


def test_a_program_without_end_is_ended_and_what_it_said_is_kept() -> None:
    ran = run(["sh", "-c", "echo begun; exec sleep 600"], timeout=0.3)

    assert (ran.status, ran.out) == (124, "begun\n")
    assert "no end after 0.3 s" in ran.err


def test_a_daemon_that_a_program_leaves_behind_holds_nobody_up(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    # The daemon keeps the program's output open, as one does that was started carelessly.
    ran = run(["sh", "-c", "sleep 600 & echo $! > {0}; echo started".format(note)], timeout=300)

    assert (ran.status, ran.out) == (0, "started\n")
    os.kill(int(note.read_text()), 9)


def test_bytes_that_are_no_text_do_not_break_a_run() -> None:
    assert run(["printf", r"a\377b"]).out == "a\ufffdb"
