# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Archives on a real file system: proven, unpacked in one move, looked after, mended."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import tarfile
import typing as t
from pathlib import Path

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import StepError
from ansible_collections.slipway.docker.plugins.module_utils.outside.unpacking import Archives

Members = t.Mapping[str, bytes]


def packed(members: Members) -> tuple[io.BytesIO, str]:
    """A compressed archive, and its digest."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as archive:
        for path, content in members.items():
            member = tarfile.TarInfo(path)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return made, hashlib.sha256(made.getvalue()).hexdigest()


def all_files(members: t.Iterable[tuple[str, str]]) -> dict[str, str]:
    return {path.rpartition("/")[2]: path for path, kind in members if kind == "file"}


def unpack(root: Path, members: Members) -> str:
    made, digits = packed(members)
    Archives().unpack(str(root), digits, made, all_files)
    return digits


def test_the_programs_of_an_archive_can_be_run_by_all_whatever_the_mask(tmp_path: Path) -> None:
    root, before = tmp_path / "slipway" / "engine", os.umask(0o077)
    try:
        digits = unpack(root, {"docker/dockerd": b"one", "docker/runc": b"two"})
    finally:
        os.umask(before)

    program = root / digits / "bin" / "dockerd"
    assert program.read_bytes() == b"one"
    for path in (root, root / digits, root / digits / "bin", program):
        assert path.stat().st_mode & 0o777 == 0o755
    assert Archives().look(str(root)) == ({digits: ()}, ())


def test_another_digest_is_told_and_nothing_is_made(tmp_path: Path) -> None:
    made, digits = packed({"docker/dockerd": b"one"})
    with pytest.raises(StepError) as raised:
        Archives().unpack(str(tmp_path / "engine"), "0" * 64, made, all_files)

    assert "its digest is sha256:{0}, and sha256:{1} is declared".format(digits, "0" * 64) in str(
        raised.value
    )
    assert not (tmp_path / "engine").exists()


@pytest.mark.parametrize(
    "content", [b"", b"no archive", packed({"a": b"b" * 9999})[0].getvalue()[:80]]
)
def test_what_is_no_archive_is_told(tmp_path: Path, content: bytes) -> None:
    digits = hashlib.sha256(content).hexdigest()
    with pytest.raises(StepError, match="it is no tar archive"):
        Archives().unpack(str(tmp_path), digits, io.BytesIO(content), all_files)

    assert os.listdir(tmp_path) == []


def test_a_refused_member_leaves_nothing(tmp_path: Path) -> None:
    def refuse(members: t.Iterable[tuple[str, str]]) -> dict[str, str]:
        raise StepError("here", "no: {0}".format(list(members)))

    made, digits = packed({"../../etc/passwd": b"x"})
    with pytest.raises(StepError, match="etc/passwd"):
        Archives().unpack(str(tmp_path), digits, made, refuse)

    assert os.listdir(tmp_path) == []


def test_a_full_disk_is_told_before_anything_is_unpacked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(9, 4, 5))
    with pytest.raises(StepError, match="no room: 0 MiB are needed, and 0 are free"):
        unpack(tmp_path, {"docker/dockerd": b"six666"})

    assert os.listdir(tmp_path) == []


def test_what_killed_runs_left_is_seen_and_goes(tmp_path: Path) -> None:
    (tmp_path / ".unpack-half" / "bin").mkdir(parents=True)
    assert Archives().look(str(tmp_path)) == ({}, (".unpack-half",))

    digits = unpack(tmp_path, {"docker/dockerd": b"one"})

    assert Archives().look(str(tmp_path)) == ({digits: ()}, ())


def spoil(program: Path) -> None:
    program.write_bytes(b"other")


def lose(program: Path) -> None:
    program.unlink()


def lock(program: Path) -> None:
    program.chmod(0o644)


@pytest.mark.parametrize("damage", [spoil, lose, lock])
def test_a_program_that_is_not_as_it_was_is_named_and_mended(
    tmp_path: Path, damage: t.Callable[[Path], None]
) -> None:
    members = {"docker/dockerd": b"one", "docker/runc": b"two"}
    digits = unpack(tmp_path, members)
    damage(tmp_path / digits / "bin" / "runc")
    assert Archives().look(str(tmp_path)) == ({digits: ("runc",)}, ())

    unpack(tmp_path, members)

    assert Archives().look(str(tmp_path)) == ({digits: ()}, ())
    assert (tmp_path / digits / "bin" / "runc").read_bytes() == b"two"


def test_a_program_that_was_only_copied_anew_is_the_same(tmp_path: Path) -> None:
    digits = unpack(tmp_path, {"docker/dockerd": b"one"})
    program = tmp_path / digits / "bin" / "dockerd"
    program.with_name("copy").write_bytes(b"one")
    program.with_name("copy").chmod(0o755)
    program.with_name("copy").rename(program)

    assert Archives().look(str(tmp_path)) == ({digits: ()}, ())


def test_an_archive_without_its_list_is_mended(tmp_path: Path) -> None:
    digits = unpack(tmp_path, {"docker/dockerd": b"one"})
    (tmp_path / digits / "manifest.json").unlink()
    assert Archives().look(str(tmp_path)) == ({digits: ("manifest.json",)}, ())

    unpack(tmp_path, {"docker/dockerd": b"one"})

    assert Archives().look(str(tmp_path)) == ({digits: ()}, ())


def test_what_goes_takes_the_empty_root_along_and_nothing_else(tmp_path: Path) -> None:
    root = tmp_path / "engine"
    digits = unpack(root, {"docker/dockerd": b"one"})
    (root / "mine").touch()

    Archives().remove(str(root), [digits])
    assert os.listdir(root) == ["mine"]
    (root / "mine").unlink()
    Archives().remove(str(root), [])

    assert not root.exists()
    assert Archives().look(str(root)) == ({}, ())


def test_a_file_of_the_host_is_told_before_it_is_wanted(tmp_path: Path) -> None:
    file = tmp_path / "docker.tgz"
    assert "No such file" in Archives().problem(str(file), "0" * 64)
    with pytest.raises(StepError, match="No such file"), Archives().opened(str(file)):
        pass
    file.write_bytes(b"x")
    assert Archives().problem(str(file), hashlib.sha256(b"x").hexdigest()) == ""
    assert "and sha256:000" in Archives().problem(str(file), "0" * 64)
