# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kept kind on a real file system: kept once, never overwritten, dropped, and nothing of it in check mode."""

from __future__ import annotations

import os
import pathlib
import stat
import tarfile
import types
import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.converge import Settings, converge
from ansible_collections.slipway.docker.plugins.module_utils.core.report import Report
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Resource
from ansible_collections.slipway.docker.plugins.module_utils.kinds.kept import KEPT
from ansible_collections.slipway.docker.plugins.module_utils.outside.keeping import Keeping
from ansible_collections.slipway.docker.plugins.module_utils.outside.parcels import Parcels
from ansible_collections.slipway.docker.plugins.module_utils.outside.placing import Placing
from ansible_collections.slipway.docker.plugins.module_utils.outside.records import Records
from ansible_collections.slipway.docker.plugins.module_utils.outside.trees import (
    manifest,
    tree_digest,
)

ENGINE = "unix:///var/run/docker.sock"
ANSWERS: dict[str, t.Any] = {
    "/images/{0}/json": {"Id": "sha256:1"},
    "/containers/json": [{"Names": ["/shop-web-1"]}],
    "/networks": [{"Name": "shop_default"}],
}


class Ground:
    """A host with one tree and one image, and runs on it."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.tree = folder / "tree"
        self.tree.mkdir()
        (self.tree / "motd").write_text("hello")
        self.state = folder / "state"
        self.keeping = Keeping(str(self.state))
        self.answers = dict(ANSWERS)
        engine = types.SimpleNamespace(get=lambda path, *_parts, **_more: self.answers[path])
        self.outside = types.SimpleNamespace(
            keeping=self.keeping, trees=Placing(str(self.state)), engine=engine
        )

    def declare(self, project: str) -> None:
        entries = manifest(str(self.tree))
        tree = {
            "kind": "tree",
            "name": str(self.tree),
            "fields": {"content": tree_digest(entries)},
            "options": {"manifest": {path: [] for path in entries}},
        }
        image = {"kind": "image", "name": "web:1"}
        self.keeping.declare({"project": project, "resources": [tree, image], "engine": ENGINE})

    def run(self, state: str, check: bool = False) -> Report:
        wanted = Resource(
            "kept", "stacks", state, options={"cause": "a rollout begins", "engine": ENGINE}
        )
        records = Records(str(self.state))
        return converge([KEPT], [wanted], self.outside, records, Settings(check_mode=check))


@pytest.fixture
def ground(tmp_path: pathlib.Path) -> Ground:
    return Ground(tmp_path)


def test_what_is_kept_is_enough_to_come_back(ground: Ground) -> None:
    ground.declare("shop")
    assert ground.run("present").plan.lines == ["keep kept stacks: a rollout begins"]

    kept = ground.keeping.kept() or {}

    assert [each["project"] for each in kept["declarations"]] == ["shop"]
    assert kept["images"] == {"web:1": "sha256:1"}
    assert kept["there"] == {"shop": [["container", "shop-web-1"], ["network", "shop_default"]]}
    (digest,) = Parcels(ground.keeping.parcels).digests
    assert digest == tree_digest(manifest(str(ground.tree)))
    with tarfile.open(fileobj=Parcels(ground.keeping.parcels).open(digest)) as content:
        assert content.getnames() == ["motd"]


def test_it_is_kept_once_and_not_overwritten_by_what_failed(ground: Ground) -> None:
    ground.declare("shop")
    ground.run("present")
    ground.declare("other")

    assert ground.run("present").plan.lines == []

    kept = ground.keeping.kept() or {}
    assert [each["project"] for each in kept["declarations"]] == ["shop"]


def test_what_is_elsewhere_or_was_taken_away_by_hand_is_not_kept(ground: Ground) -> None:
    ground.declare("shop")
    ground.keeping.declare({"project": "far", "resources": [], "engine": "tcp://far:2376"})
    ground.answers.update({"/containers/json": [], "/networks": []})

    ground.run("present")

    assert (ground.keeping.kept() or {})["declarations"] == []


def test_it_is_dropped_once(ground: Ground) -> None:
    ground.run("present")

    assert ground.run("absent").plan.lines == ["drop kept stacks: a rollout begins"]
    assert ground.run("absent").plan.lines == []
    assert (ground.keeping.kept(), ground.keeping.has_parcels) == (None, False)


def test_check_mode_keeps_and_drops_nothing(ground: Ground) -> None:
    assert ground.run("present", check=True).plan.lines
    assert not ground.state.exists()
    ground.run("present")
    assert ground.run("absent", check=True).plan.lines
    assert ground.keeping.kept() is not None


def test_content_that_somebody_changed_is_not_kept_as_if_it_were_what_was_declared(
    ground: Ground,
) -> None:
    ground.declare("shop")
    (ground.tree / "motd").write_text("by hand")

    ground.run("present")

    assert Parcels(ground.keeping.parcels).digests == frozenset()


def test_all_of_it_is_for_its_owner_alone(ground: Ground) -> None:
    ground.declare("shop")
    ground.run("present")

    files = [
        os.path.join(place, name)
        for place, _directories, names in os.walk(ground.state)
        for name in names
    ]
    assert {"kept.json", "kept.tar"} <= {os.path.basename(path) for path in files}
    assert any(os.path.basename(os.path.dirname(path)) == "declared" for path in files)
    told = [os.stat(path) for path in files if os.stat(path).st_size]
    assert {stat.S_IMODE(each.st_mode) for each in told} == {0o600}


def test_a_file_that_is_no_declaration_is_none(ground: Ground) -> None:
    ground.declare("shop")
    (ground.state / "declared" / "odd.json").write_text("[]")
    (ground.state / "declared" / "broken.json").write_text("{")

    assert [each["project"] for each in ground.keeping.declared(ENGINE)] == ["shop"]
