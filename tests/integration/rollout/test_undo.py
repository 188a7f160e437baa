# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One host's part in a rollout, on a real engine: what can't be had again from files comes back all the same."""

from __future__ import annotations

import json
import pathlib
import typing as t

import pytest

from tests.integration.conftest import clean_up, docker
from tests.integration.playing import Played, play

STATE = pathlib.Path("/var/lib/slipway")


class Site:
    """One project in a folder, and the phases of a rollout on this machine."""

    def __init__(self, folder: pathlib.Path, name: str, image: str) -> None:
        self.folder, self.name, self.image = folder, name, image
        (folder / "app").mkdir()
        (folder / "www").mkdir()

    def write(self, version: str, command: str = "sleep 100000") -> None:
        """A version of it: the same tag is built anew, and a mounted directory changes."""
        recipe = f"FROM {self.image}\nRUN echo {version} > /version\n"
        (self.folder / "app" / "Dockerfile").write_text(recipe)
        (self.folder / "www" / "index.html").write_text(version)
        web = {
            "build": "./app",
            "image": f"{self.name}-built",
            "command": ["sh", "-c", command],
            "init": True,
            "stop_grace_period": "1s",
            "volumes": ["./www:/www"],
        }
        document = {"name": self.name, "services": {"web": web}}
        (self.folder / "compose.yml").write_text(json.dumps(document))

    def stack(self) -> Played:
        """Run the stack as a host would that is not the controller."""
        files = [str(self.folder / "compose.yml")]
        place = str(self.folder / "host" / "stack")
        options = {"files": files, "in_place": False, "directory": place, "orphans": "remove"}
        return play(self.folder, [{"slipway.docker.stack": options}])

    def rollout(self, phase: str, check: bool = False, **options: t.Any) -> Played:
        """One phase."""
        told = {"phase": phase, "projects": [self.name], "monitor": 1, **options}
        return play(self.folder, [{"slipway.docker.rollout": told}], check)

    def versions(self) -> list[str]:
        """What the image holds, and what is mounted."""
        return docker("exec", f"{self.name}-web-1", "cat", "/version", "/www/index.html").split()


@pytest.fixture
def site(tmp_path: pathlib.Path, project: str, busybox: str) -> t.Iterator[Site]:
    """A project that runs in version 1; nothing is kept before it or after it."""
    site = Site(tmp_path, project, busybox)
    site.rollout("finish")
    site.write("1")
    played = site.stack()
    assert played.status == 0, played.text
    yield site
    site.rollout("finish")
    clean_up(project)
    docker("rmi", "-f", f"{project}-built")


def test_an_image_that_was_built_anew_and_files_that_changed_come_back(site: Site) -> None:
    image = docker("inspect", "-f", "{{.Image}}", f"{site.name}-web-1")
    assert site.rollout("begin").plan == ["keep kept stacks: a rollout begins"]
    site.write("2")
    assert site.stack().changed
    assert site.versions() == ["2", "2"]

    foreseen = site.rollout("undo", check=True)
    undone = site.rollout("undo")

    assert undone.status == 0, undone.text
    assert foreseen.plan == undone.plan
    assert site.versions() == ["1", "1"]
    assert docker("inspect", "-f", "{{.Image}}", f"{site.name}-web-1") == image
    site.write("1")
    assert not site.stack().changed


def test_what_somebody_runs_beside_it_stays(site: Site) -> None:
    label = f"com.docker.compose.project={site.name}"
    run = ("run", "-d", "--init", "--name", f"{site.name}-by-hand", "--label", label)
    docker(*run, site.image, "sleep", "100000")
    site.rollout("begin")
    docker(*(word.replace("by-hand", "new") for word in run), site.image, "sleep", "100000")

    assert site.rollout("undo").status == 0

    names = docker("ps", "-a", "--filter", f"label={label}", "--format", "{{.Names}}").split()
    assert sorted(names) == [f"{site.name}-by-hand", f"{site.name}-web-1"]


def test_an_image_that_is_gone_is_refused_before_anything_is_touched(site: Site) -> None:
    site.rollout("begin")
    before = docker("inspect", "-f", "{{.Image}}", f"{site.name}-web-1")
    site.write("2")
    site.stack()
    docker("rmi", before)

    undone = site.rollout("undo")

    assert undone.results[-1]["failed"]
    assert f"no image '{before}' to tag" in undone.message
    assert site.versions() == ["2", "2"]
    assert (STATE / "kept.json").exists()


def test_where_nothing_is_kept_there_is_nothing_to_undo(site: Site) -> None:
    site.write("2")
    site.stack()

    undone = site.rollout("undo")

    assert (undone.plan, undone.changed) == ([], False)
    assert site.versions() == ["2", "2"]


def test_one_that_ends_while_it_is_watched_is_told_with_its_last_words(site: Site) -> None:
    assert site.rollout("prove").status == 0
    site.write("1", command="echo out of oak; sleep 2; exit 3")
    assert site.stack().status == 0

    proven = site.rollout("prove", monitor=5)

    assert proven.results[-1]["failed"]
    assert f"container {site.name}-web-1: it ended with exit code 3" in proven.message
    assert "last log lines:\n  out of oak" in proven.message
