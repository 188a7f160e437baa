# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data roots on a real file system: measured, copied truly, and every kind of difference seen."""

from __future__ import annotations

import os
import stat
import subprocess
import typing as t
from pathlib import Path

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.outside.data_roots import DataRoots

ROOTS = DataRoots()
TIME = 1_600_000_000


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A tree with one of each."""
    root = tmp_path / "source"
    (root / "dir").mkdir(parents=True)
    (root / "dir" / "file").write_bytes(b"content")
    (root / "dir" / "link").symlink_to("file")
    os.link(root / "dir" / "file", root / "hard")
    with (root / "sparse").open("wb") as file:
        file.truncate(64 << 20)
    os.setxattr(root / "hard", "user.note", b"1")
    if os.geteuid() == 0:
        os.chown(root / "sparse", 12345, 54321)
        os.mknod(root / "whiteout", stat.S_IFCHR | 0o600, os.makedev(0, 0))
    for path in [*root.rglob("*"), root]:
        os.utime(path, (TIME, TIME), follow_symlinks=False)
    return root


def copied(source: Path) -> Path:
    target = source.parent / "target"
    ran = ROOTS.copy(str(source), str(target))
    assert ran.ok, ran.err
    return target


def test_a_copy_is_true_and_keeps_holes(source: Path) -> None:
    target = copied(source)

    assert ROOTS.differences(str(source), str(target)) == []
    assert (target / "sparse").stat().st_blocks == 0
    assert (target / "hard").stat().st_ino == (target / "dir" / "file").stat().st_ino


def test_the_root_of_a_file_system_has_a_directory_of_its_own(source: Path) -> None:
    target = copied(source)
    (target / "lost+found").mkdir()
    put_another_time_back(target)

    assert ROOTS.differences(str(source), str(target)) == []


def put_another_time_back(path: Path) -> None:
    os.utime(path, (TIME, TIME), follow_symlinks=False)


def other_content(target: Path) -> None:
    (target / "hard").write_bytes(b"CONTENT")
    put_another_time_back(target / "hard")


def broken_link(target: Path) -> None:
    (target / "hard").unlink()
    (target / "hard").write_bytes(b"content")
    os.setxattr(target / "hard", "user.note", b"1")
    put_another_time_back(target / "hard")
    put_another_time_back(target)


def other_target(target: Path) -> None:
    (target / "dir" / "link").unlink()
    (target / "dir" / "link").symlink_to("elsewhere")
    put_another_time_back(target / "dir" / "link")
    put_another_time_back(target / "dir")


def missing(target: Path) -> None:
    (target / "sparse").unlink()
    put_another_time_back(target)


def other_size(target: Path) -> None:
    os.truncate(target / "sparse", 5)
    put_another_time_back(target / "sparse")


BREAK: dict[str, t.Callable[[Path], t.Any]] = {
    "content": other_content,
    "hard link": broken_link,
    "target of the link": other_target,
    "not in both": missing,
    "size": other_size,
    "time": lambda target: os.utime(target / "dir", (1, 1)),
    "type or mode": lambda target: (target / "sparse").chmod(0o600),
    "extended attributes": lambda target: os.removexattr(target / "hard", "user.note"),
}  # fmt: skip


@pytest.mark.parametrize("what", list(BREAK))
def test_a_difference_is_seen(source: Path, what: str) -> None:
    target = copied(source)
    BREAK[what](target)

    told = ROOTS.differences(str(source), str(target))

    assert told
    assert all(each.endswith(": " + what) for each in told), told


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_another_owner_and_another_device_are_seen(source: Path) -> None:
    target = copied(source)
    os.chown(target / "sparse", 0, 0)
    (target / "whiteout").unlink()
    os.mknod(target / "whiteout", stat.S_IFCHR | 0o600, os.makedev(1, 3))
    for path in (target / "whiteout", target):
        os.utime(path, (TIME, TIME))

    told = ROOTS.differences(str(source), str(target))

    assert sorted(told) == ["/sparse: owner", "/whiteout: device"]


def test_a_directory_is_measured_by_what_it_takes(source: Path) -> None:
    size, files = ROOTS.measure(str(source))

    # The directory, its file and its link, the file of holes, and the whiteout where there is one.
    assert files == 4 + (os.geteuid() == 0)
    assert size < 1 << 20


def test_the_room_is_told_where_nothing_is_yet(tmp_path: Path) -> None:
    room = ROOTS.room(str(tmp_path / "not" / "there"))

    assert (room.path, room.holds) == (str(tmp_path.resolve() / "not" / "there"), ())
    assert room.bytes > 0
    assert room.files > 0
    assert room.filesystem


def test_what_a_directory_holds_is_told_and_cleared(tmp_path: Path) -> None:
    (tmp_path / "lost+found").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "a").write_text("")
    assert ROOTS.room(str(tmp_path)).holds == ("a", "b")

    ROOTS.clear(str(tmp_path))
    ROOTS.clear(str(tmp_path / "not there"))

    assert [path.name for path in tmp_path.iterdir()] == ["lost+found"]


def test_a_directory_is_given_up(tmp_path: Path) -> None:
    (tmp_path / "root" / "a").mkdir(parents=True)

    ROOTS.give_up(str(tmp_path / "root"))
    ROOTS.give_up(str(tmp_path / "root"))

    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts")
def test_what_an_engine_bound_onto_itself_is_given_up_as_well(tmp_path: Path) -> None:
    root, other = tmp_path / "a root", tmp_path / "other"
    for path in (root, other):
        (path / "holds").mkdir(parents=True)
    subprocess.run(["mount", "--bind", root, root], check=True)
    (tmp_path / "elsewhere").mkdir()
    subprocess.run(["mount", "--bind", other, tmp_path / "elsewhere"], check=True)

    ROOTS.give_up(str(root))
    ROOTS.give_up(str(tmp_path / "elsewhere"))

    assert not root.exists()
    # Another directory's mount is somebody's, and stays.
    assert (tmp_path / "elsewhere").is_mount() or (tmp_path / "elsewhere").exists()
    subprocess.run(["umount", tmp_path / "elsewhere"], check=True)
