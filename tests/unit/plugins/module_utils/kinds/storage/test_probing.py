# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs on a share, run on a real directory: it tells, writes once, and never walks out."""

from __future__ import annotations

import json
import os
import sys
import typing as t
from pathlib import Path

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage import facts, probing
from ansible_collections.slipway.docker.plugins.module_utils.outside.probes import probe
from ansible_collections.slipway.docker.plugins.module_utils.outside.programs import Ran


def asked(share: Path, script: str, *more: str, subdir: str = "data") -> facts.Answer:
    command = [sys.executable, "-c", script, str(share), subdir, "app", *more]
    return probing.read(probe({"": command}, 60)[""])


def test_an_empty_share_has_neither_marker_nor_claim(tmp_path: Path) -> None:
    assert asked(tmp_path, probing.LOOK) == facts.Answer()


def test_a_share_that_is_gone_is_a_problem_and_not_an_empty_one(tmp_path: Path) -> None:
    answer = asked(tmp_path / "gone", probing.LOOK)

    assert (answer.problem, answer.is_late) == ("No such file or directory (ENOENT)", False)


def test_a_marker_is_written_once_and_never_over_another(tmp_path: Path) -> None:
    texts = {facts.MARKER: "ours", facts.CLAIM + "app": "this host"}
    assert asked(tmp_path, probing.WRITE, json.dumps(texts)).marker == "ours"
    again = asked(tmp_path, probing.WRITE, json.dumps({facts.MARKER: "another"}))

    assert (again.marker, again.claim) == ("ours", "this host")


def test_a_claim_is_dropped_by_the_one_who_made_it(tmp_path: Path) -> None:
    claim = tmp_path / (facts.CLAIM + "app")
    claim.write_text("another host\n")
    asked(tmp_path, probing.DROP, claim.name, "this host")
    assert claim.exists()
    asked(tmp_path, probing.DROP, claim.name, "another host")
    assert not claim.exists()


def test_a_directory_is_made_with_its_mode_and_one_that_is_there_keeps_its_own(
    tmp_path: Path,
) -> None:
    words = ("-1", "-1", str(0o750))
    assert asked(tmp_path, probing.MAKE, *words, subdir="a/b").has_directory
    assert (tmp_path / "a/b").stat().st_mode & 0o777 == 0o750
    (tmp_path / "a/b").chmod(0o700)
    asked(tmp_path, probing.MAKE, *words, subdir="a/b")
    assert (tmp_path / "a/b").stat().st_mode & 0o777 == 0o700


def test_only_the_directory_is_given_up_and_no_link_is_followed(tmp_path: Path) -> None:
    outside, share = tmp_path / "outside", tmp_path / "share"
    for place in (outside, share / "data" / "deep", share / "other"):
        place.mkdir(parents=True)
        (place / "file").write_text("x")
    (share / "data" / "link").symlink_to(outside)
    (share / "data" / "deep" / "link").symlink_to(outside / "file")

    asked(share, probing.PURGE)

    assert sorted(each.name for each in share.iterdir()) == ["other"]
    assert (outside / "file").read_text() == "x"


def test_a_directory_that_is_a_link_is_not_given_up(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "file").write_text("x")
    (tmp_path / "data").symlink_to(tmp_path / "elsewhere")

    asked(tmp_path, probing.PURGE)

    assert (tmp_path / "elsewhere" / "file").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount")
def test_what_is_mounted_in_the_directory_is_not_given_up(tmp_path: Path) -> None:
    inner = tmp_path / "data" / "inner"
    inner.mkdir(parents=True)
    mounted = probe({"": ["mount", "-t", "tmpfs", "tmpfs", str(inner)]}, 10)[""]
    assert mounted.ok, mounted.err
    try:
        (inner / "file").write_text("x")
        answer = asked(tmp_path, probing.PURGE)
        assert (inner / "file").exists()
        assert answer.problem
    finally:
        probe({"": ["umount", str(inner)]}, 10)


@pytest.mark.parametrize(
    ("ran", "answer"),
    [
        (Ran(124, "", "no answer after 5 s"), facts.Answer("no answer after 5 s", is_late=True)),
        (Ran(1, "", "Traceback\nMemoryError"), facts.Answer("Traceback\nMemoryError")),
        (Ran(-9, "", ""), facts.Answer("status -9")),
    ],
)
def test_a_child_that_says_nothing_is_a_problem(ran: t.Any, answer: facts.Answer) -> None:
    assert probing.read(ran) == answer


@pytest.mark.parametrize(
    ("kind", "what", "told"),
    [
        ("path", "{0}/there", ""),
        ("path", "{0}/gone", "no such directory"),
        ("path", "{0}/link", "it leads through a link to {0}/there"),
        ("server", "127.0.0.1", ""),
        ("server", "nas..example", "label"),
    ],
)
def test_what_can_not_be_reached_is_told(tmp_path: Path, kind: str, what: str, told: str) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "there")
    command = [sys.executable, "-c", probing.REACH, kind, what.format(tmp_path)]

    said = probe({"": command}, 60)[""].out
    assert told.format(tmp_path) in said
    assert bool(said.strip()) is bool(told)
