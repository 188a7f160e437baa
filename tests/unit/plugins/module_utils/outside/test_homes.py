# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Homes: entered as their owners, whose files are looked at, replaced in one move, and removed."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import StepError
from ansible_collections.slipway.docker.plugins.module_utils.outside import programs
from ansible_collections.slipway.docker.plugins.module_utils.outside.homes import (
    Account,
    HomeFile,
    Homes,
)
from ansible_collections.slipway.docker.plugins.module_utils.outside.machine import Machine

RUNUSER = ["runuser", "-u", "ada", "--"]


def as_ourselves(command: t.Sequence[str], **details: t.Any) -> programs.Ran:
    """What would run as ada, run with the rights of the test."""
    assert list(command[:4]) == RUNUSER
    return programs.run(command[4:], **details)


@pytest.fixture
def ada(tmp_path: Path) -> Account:
    return Account("ada", 1001, str(tmp_path))


HOMES = Homes(as_ourselves)


def test_programs_run_as_the_user_and_see_nothing_of_our_environment(
    ada: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET", "ours")

    lines = HOMES.run(ada, ["env"]).out.splitlines()

    assert f"HOME={ada.home}" in lines
    assert "USER=ada" in lines
    assert "XDG_RUNTIME_DIR=/run/user/1001" in lines
    assert "DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/1001/bus" in lines
    assert not any(line.startswith("SECRET") for line in lines)
    assert HOMES.run(ada, ["pwd"]).out == "/\n"


def test_a_file_is_written_with_its_directory_and_read_again(ada: Account, tmp_path: Path) -> None:
    path = tmp_path / "a b" / "-file"

    HOMES.write(ada, str(path), "größe\nno end", 0o640)

    assert HOMES.look(ada, [str(path)]) == {
        str(path): HomeFile(0o640, "größe\nno end".encode()),
    }
    assert [each.name for each in path.parent.iterdir()] == ["-file"]
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_looking_tells_files_from_what_is_not_there(ada: Account, tmp_path: Path) -> None:
    (tmp_path / "empty").touch(0o600)
    (tmp_path / "bytes").write_bytes(b"\xff\0\n")
    (tmp_path / "folder").mkdir(0o700)
    (tmp_path / "dangling").symlink_to("nowhere")
    names = ("missing", "empty", "dangling", "folder", "bytes")

    seen = HOMES.look(ada, [str(tmp_path / name) for name in names])

    assert {path.rpartition("/")[2]: file.data for path, file in seen.items()} == {
        "empty": b"", "folder": b"", "bytes": b"\xff\0\n",
    }  # fmt: skip


def test_a_link_is_replaced_and_not_followed(ada: Account, tmp_path: Path) -> None:
    target, link = tmp_path / "target", tmp_path / "link"
    target.write_text("theirs")
    link.symlink_to(target)

    HOMES.write(ada, str(link), "ours")

    assert (target.read_text(), link.read_text()) == ("theirs", "ours")
    assert not link.is_symlink()


def test_removing_what_is_gone_is_fine(ada: Account, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    HOMES.remove(ada, str(tmp_path / "file"))
    HOMES.remove(ada, str(tmp_path / "file"))

    assert list(tmp_path.iterdir()) == []


def test_a_home_that_can_not_be_written_is_told(ada: Account, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StepError, match="home of ada: .*file"):
        HOMES.write(ada, str(tmp_path / "file" / "below"), "text")


def test_an_account_is_known_by_its_name() -> None:
    assert Machine().account("root") == Account("root", 0, "/root")
    assert Machine().account("no such account") is None
