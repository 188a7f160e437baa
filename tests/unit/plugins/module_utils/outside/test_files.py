# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files: read whole, replaced in one move."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.outside.files import (
    link,
    mode_of,
    read_bytes,
    read_link,
    remove,
    tune,
    write_atomically,
)


def test_a_file_that_is_not_there_is_none_and_an_empty_one_is_empty(tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")

    assert read_bytes(str(tmp_path / "none")) is None
    assert read_bytes(str(tmp_path / "empty")) == b""


def test_a_file_is_written_with_its_mode_and_its_directories(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "file"
    write_atomically(str(path), b"text", mode=0o640, directory_mode=0o750)

    assert (path.read_bytes(), mode_of(str(path))) == (b"text", 0o640)
    assert mode_of(str(path.parent)) == 0o750
    assert mode_of(str(tmp_path / "none")) is None


def test_a_reader_never_sees_half_of_a_file(tmp_path: Path) -> None:
    path, stop, seen = tmp_path / "file", threading.Event(), set()
    whole = [bytes([letter]) * 100_000 for letter in b"ab"]
    write_atomically(str(path), whole[0])

    def read() -> None:
        while not stop.is_set():
            seen.add(read_bytes(str(path)))

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(60):
        write_atomically(str(path), whole[number % 2])
    stop.set()
    reader.join()

    assert seen <= set(whole)


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_text("old")

    def fail(source: str, target: str) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="no space left"):
        write_atomically(str(path), b"new")

    assert (path.read_text(), os.listdir(tmp_path)) == ("old", ["file"])


def test_what_is_gone_already_is_removed(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for _round in range(2):
        remove(str(tmp_path / "file"))

    assert os.listdir(tmp_path) == []


def test_a_setting_of_the_kernel_is_written_in_place_or_says_why_not(tmp_path: Path) -> None:
    path = tmp_path / "setting"
    path.write_text("0")
    number = path.stat().st_ino

    assert tune(str(path), "1") == ""
    assert (path.read_text(), path.stat().st_ino) == ("1", number)
    assert tune(str(tmp_path), "1") == "Is a directory"


def test_a_link_is_turned_in_one_move_and_read_for_what_it_is(tmp_path: Path) -> None:
    path = tmp_path / "bin" / "docker"
    link("/old", str(path))
    link("/new", str(path))

    assert (read_link(str(path)), os.listdir(tmp_path / "bin")) == ("/new", ["docker"])
    assert read_link(str(tmp_path)) == ""
    assert read_link(str(tmp_path / "none")) is None


def test_a_link_that_can_not_be_turned_leaves_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "docker").mkdir()
    with pytest.raises(OSError, match="directory"):
        link("/new", str(tmp_path / "docker"))

    assert os.listdir(tmp_path) == ["docker"]
