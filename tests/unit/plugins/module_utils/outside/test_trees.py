# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A tree is what it holds: not when, by whom, or in what order it was written."""

from __future__ import annotations

import hashlib
import io
import os
import pathlib
import socket
import tarfile
import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.outside import dockerignore, trees


@pytest.fixture
def root(tmp_path: pathlib.Path) -> str:
    """A small tree with each kind of entry."""
    top = tmp_path / "top"
    (top / "src" / "deep").mkdir(parents=True)
    (top / "empty").mkdir()
    (top / "Dockerfile").write_text("FROM scratch\n")
    (top / "src" / "a.txt").write_text("a")
    (top / "src" / "deep" / "b.txt").write_text("b" * 3_000_000)
    (top / "src" / "link").symlink_to("../Dockerfile")
    for path in [top, *top.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() else 0o644)
    return str(top)


def digest(root: str) -> str:
    return trees.tree_digest(trees.manifest(root))


def packed(root: str, entries: t.Mapping[str, trees.Entry]) -> bytes:
    buffer = io.BytesIO()
    trees.pack(root, entries, buffer)
    return buffer.getvalue()


def test_a_manifest_tells_kind_mode_and_content(root: str) -> None:
    found = trees.manifest(root)
    assert list(found) == [
        "Dockerfile",
        "empty",
        "src",
        "src/a.txt",
        "src/deep",
        "src/deep/b.txt",
        "src/link",
    ]
    assert found["src/a.txt"] == trees.Entry("file", 0o644, hashlib.sha256(b"a").hexdigest())
    assert found["src/link"] == trees.Entry("link", 0o777, "../Dockerfile")
    assert found["empty"] == trees.Entry("dir", 0o755)


def test_times_owners_and_the_order_of_writing_are_not_content(
    root: str, tmp_path: pathlib.Path
) -> None:
    before = digest(root)
    os.utime(os.path.join(root, "src/a.txt"), (1, 1))
    os.utime(os.path.join(root, "src"), (1, 1))
    if os.geteuid() == 0:
        os.chown(os.path.join(root, "Dockerfile"), 12, 34)
    os.rename(os.path.join(root, "Dockerfile"), tmp_path / "aside")
    os.rename(tmp_path / "aside", os.path.join(root, "Dockerfile"))
    assert digest(root) == before


@pytest.mark.parametrize(
    "touch",
    [
        lambda root: (root / "src/a.txt").write_text("b"),
        lambda root: (root / "src/a.txt").chmod(0o755),
        lambda root: (root / "src/a.txt").rename(root / "src/c.txt"),
        lambda root: (root / "empty").rmdir(),
        lambda root: (root / "new").mkdir(),
        lambda root: ((root / "src/link").unlink(), (root / "src/link").symlink_to("a.txt")),
        lambda root: (
            (root / "src/link").unlink(),
            (root / "src/link").write_text("../Dockerfile"),
        ),
    ],
)
def test_whatever_the_content_is_changed_by_changes_the_digest(
    root: str, touch: t.Callable[[pathlib.Path], t.Any]
) -> None:
    before = digest(root)
    touch(pathlib.Path(root))
    assert digest(root) != before


def test_two_names_that_run_together_are_not_one() -> None:
    one = {"a": trees.Entry("file", 0o644, "x"), "b": trees.Entry("file", 0o644, "y")}
    other = {"a": trees.Entry("file", 0o644, "y"), "b": trees.Entry("file", 0o644, "x")}
    assert trees.tree_digest(one) != trees.tree_digest(other)
    assert trees.tree_digest(one) == trees.tree_digest(dict(reversed(list(one.items()))))


def test_an_archive_unpacks_to_the_same_tree(root: str, tmp_path: pathlib.Path) -> None:
    entries = trees.manifest(root)
    copy = tmp_path / "copy"
    with tarfile.open(fileobj=io.BytesIO(packed(root, entries))) as archive:
        assert {(member.uid, member.gid, member.uname, member.gname) for member in archive} == {
            (0, 0, "", "")
        }
        archive.extractall(copy)
    assert trees.manifest(str(copy)) == entries


def test_an_archive_is_the_same_each_time_and_keeps_the_times_of_files(root: str) -> None:
    os.utime(os.path.join(root, "src/a.txt"), (1_000_000_000, 1_000_000_000))
    entries = trees.manifest(root)
    data = packed(root, entries)
    assert packed(root, dict(reversed(list(entries.items())))) == data
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        assert archive.getmember("src/a.txt").mtime == 1_000_000_000


@pytest.mark.parametrize("content", ["x", "", "longer than it was"])
def test_a_file_that_changes_between_digest_and_archive_is_refused(root: str, content: str) -> None:
    entries = trees.manifest(root)
    pathlib.Path(root, "src/a.txt").write_text(content)
    with pytest.raises(InputError, match="src/a.txt: it changed while it was read"):
        packed(root, entries)


def test_a_file_that_goes_away_between_digest_and_archive_is_refused(root: str) -> None:
    entries = trees.manifest(root)
    os.unlink(os.path.join(root, "src/a.txt"))
    with pytest.raises(InputError, match="src/a.txt: it changed while it was read"):
        packed(root, entries)


def test_odd_and_long_names_survive(tmp_path: pathlib.Path) -> None:
    top = tmp_path / "top"
    top.mkdir()
    names = [b"\xff\xfe", "ünï".encode(), b"new\nline", b"n" * 200]
    for name in names:
        with open(os.path.join(os.fsencode(top), name), "wb") as file:
            file.write(name)
    entries = trees.manifest(str(top))
    assert sorted(map(os.fsencode, entries)) == sorted(names)
    with tarfile.open(
        fileobj=io.BytesIO(packed(str(top), entries)), encoding="utf-8", errors="surrogateescape"
    ) as archive:
        assert sorted(os.fsencode(name) for name in archive.getnames()) == sorted(names)


def test_what_is_ignored_is_not_there_and_not_even_read(root: str) -> None:
    os.mkfifo(os.path.join(root, "src/deep/pipe"))
    entries = trees.manifest(root, dockerignore.read("src/deep\n*.md"))
    assert list(entries) == ["Dockerfile", "empty", "src", "src/a.txt", "src/link"]


def test_what_is_brought_back_comes_with_its_directories(root: str) -> None:
    entries = trees.manifest(root, dockerignore.read("*\n!src/deep/b.txt"))
    assert list(entries) == ["src", "src/deep", "src/deep/b.txt"]


def test_any_callable_can_ignore(root: str) -> None:
    entries = trees.manifest(root, lambda path, is_directory: is_directory)
    assert list(entries) == ["Dockerfile"]


def test_a_socket_is_left_out_and_a_pipe_is_refused(root: str) -> None:
    before = digest(root)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.join(root, "s"))
        assert digest(root) == before
    os.mkfifo(os.path.join(root, "pipe"))
    with pytest.raises(InputError, match="pipe: neither a file, a directory nor a link"):
        digest(root)


def test_what_goes_away_while_it_is_looked_at_is_refused(root: str) -> None:
    with pytest.raises(InputError, match="nowhere: can't be read"):
        trees.entry(root, "nowhere")

    def remove(path: str, is_directory: bool) -> bool:
        if path == "empty":
            os.rmdir(os.path.join(root, path))
        return False

    with pytest.raises(InputError, match="empty: can't be"):
        trees.manifest(root, remove)


def test_a_directory_that_can_not_be_listed_is_refused(root: str) -> None:
    class Removing:
        """Ignores a directory, looks into it nevertheless, and takes it away in between."""

        def __call__(self, path: str, is_directory: bool) -> bool:
            return path == "empty"

        def keeps_below(self, path: str) -> bool:
            os.rmdir(os.path.join(root, path))
            return True

    with pytest.raises(InputError, match="empty: can't be listed"):
        trees.manifest(root, Removing())


def test_a_directory_that_is_not_there_is_refused(tmp_path: pathlib.Path) -> None:
    with pytest.raises(InputError, match="nowhere: no such directory"):
        digest(str(tmp_path / "nowhere"))
