# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tree kind on a real file system: placed by content, followed, and only what is ours ever touched."""

from __future__ import annotations

import io
import os
import pathlib
import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.converge import Settings, converge
from ansible_collections.slipway.docker.plugins.module_utils.core.report import Report
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Resource
from ansible_collections.slipway.docker.plugins.module_utils.kinds.tree import TREE
from ansible_collections.slipway.docker.plugins.module_utils.outside.placing import Placing
from ansible_collections.slipway.docker.plugins.module_utils.outside.records import Records
from ansible_collections.slipway.docker.plugins.module_utils.outside.trees import (
    manifest,
    pack,
    tree_digest,
)


class Parcels:
    """Parcels packed on the spot."""

    def __init__(self) -> None:
        self.sources: dict[str, pathlib.Path] = {}

    def open(self, digest: str) -> t.IO[bytes]:
        archive = io.BytesIO()
        source = str(self.sources[digest])
        pack(source, manifest(source), archive)
        archive.seek(0)
        return archive


class Yard:
    """A source on the controller, a root on the host, and runs between them."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.source = folder / "source"
        self.source.mkdir()
        self.root = folder / "host" / "tree"
        self.parcels = Parcels()
        self.trees = Placing(str(folder / "state"))
        self.records = Records(str(folder / "state"))

    def run(
        self, state: str = "present", owner: str = "", wanted: bool = True, check: bool = False
    ) -> Report:
        entries = manifest(str(self.source))
        digest = tree_digest(entries)
        self.parcels.sources[digest] = self.source
        fields = {"content": digest, **({"owner": owner} if owner else {})}
        tree = Resource(
            "tree", str(self.root), state, fields, {"manifest": entries, "project": "shop"}
        )
        settings = Settings(check_mode=check, owner="shop", parcels=frozenset({digest}))
        report = converge([TREE], [tree] if wanted else [], self, self.records, settings)
        assert not report.failed, report.failure()
        return report


@pytest.fixture
def yard(tmp_path: pathlib.Path) -> Yard:
    yard = Yard(tmp_path)
    (yard.source / "a").write_text("one")
    (yard.source / "sub").mkdir()
    (yard.source / "sub" / "b").write_text("two")
    (yard.source / "link").symlink_to("a")
    return yard


def test_a_tree_is_placed_once(yard: Yard) -> None:
    assert yard.run().plan.lines == [f"place tree {yard.root}: not found"]

    assert (yard.root / "sub" / "b").read_text() == "two"
    assert os.readlink(yard.root / "link") == "a"
    assert yard.run().plan.lines == []


def test_check_mode_places_nothing(yard: Yard) -> None:
    yard.run(check=True)

    assert not yard.root.exists()


def test_a_changed_file_is_followed_and_a_removed_one_goes(yard: Yard) -> None:
    yard.run()
    (yard.source / "a").write_text("changed")
    (yard.source / "sub" / "b").unlink()
    (yard.source / "sub").rmdir()

    yard.run()

    assert (yard.root / "a").read_text() == "changed"
    assert not (yard.root / "sub").exists()
    assert yard.run().plan.lines == []


def test_what_is_not_ours_stays(yard: Yard) -> None:
    yard.run()
    (yard.root / "sub" / "uploaded").write_text("theirs")
    (yard.source / "sub" / "b").unlink()
    (yard.source / "sub").rmdir()

    yard.run()
    yard.run(wanted=False)

    assert (yard.root / "sub" / "uploaded").read_text() == "theirs"
    assert not (yard.root / "a").exists()


def test_a_change_by_hand_is_drift(yard: Yard) -> None:
    yard.run()
    (yard.root / "a").write_text("edited on the host")

    report = yard.run()

    assert "(drift)" in report.plan.lines[0]
    assert (yard.root / "a").read_text() == "one"


def test_a_mode_counts_as_content(yard: Yard) -> None:
    yard.run()
    os.chmod(yard.root / "a", 0o600)

    assert len(yard.run().plan.lines) == 1


def test_a_file_takes_the_place_of_a_directory_and_back(yard: Yard) -> None:
    yard.run()
    (yard.source / "sub" / "b").unlink()
    (yard.source / "sub").rmdir()
    (yard.source / "sub").write_text("a file now")
    (yard.source / "a").unlink()
    (yard.source / "a").mkdir()

    yard.run()

    assert (yard.root / "sub").read_text() == "a file now"
    assert (yard.root / "a").is_dir()


def test_a_link_in_the_tree_is_never_written_through(yard: Yard, tmp_path: pathlib.Path) -> None:
    yard.run()
    outside = tmp_path / "precious"
    outside.write_text("precious")
    (yard.root / "a").unlink()
    (yard.root / "a").symlink_to(outside)

    yard.run()

    assert outside.read_text() == "precious"
    assert (yard.root / "a").read_text() == "one"


def test_a_tree_that_nobody_wants_goes_after_the_containers(yard: Yard) -> None:
    yard.run()

    report = yard.run(wanted=False)

    assert report.plan.steps[0].needs == ("container",)
    assert not yard.root.exists()
    assert yard.run(wanted=False).plan.lines == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_an_owner_is_given_and_kept(yard: Yard) -> None:
    yard.run(owner="7:8")

    found = os.stat(yard.root / "a")
    assert (found.st_uid, found.st_gid) == (7, 8)
    assert yard.run(owner="7:8").plan.lines == []
