# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide's example on a host that reaches no package and has no systemd."""

from __future__ import annotations

import json
import re
import typing as t
from pathlib import Path

import pytest

from tests.ground.archives import LIBRARIES, Archive, archive
from tests.hosts import host as hosts
from tests.integration.engine.archiving import bring, install, verbs
from tests.integration.engine.conftest import Ground, load_image
from tests.integration.playing import Played, playbook

GUIDE = Path(__file__).parents[3] / "docs" / "air-gap.md"
EXAMPLE = re.compile(r"```yaml\n(.*?)```", re.DOTALL)


def guide(ground: Ground, given: Archive, *words: str) -> Played:
    """Run the example of the guide as it stands there, but for the digest."""
    text = EXAMPLE.findall(GUIDE.read_text())[0].replace("0" * 64, given.digits)
    (ground.folder / "air-gap.yml").write_text(text)
    (ground.folder / "files").mkdir(exist_ok=True)
    name = re.findall(r"file: (\S+)", text)[0]
    if not (ground.folder / "files" / name).exists():
        (ground.folder / "files" / name).symlink_to(given.path)
    variables = {**ground.host.variables(), "ansible_python_interpreter": "/usr/bin/python3"}
    inventory = {"all": {"hosts": {ground.host.name: variables}}}
    (ground.folder / "inventory.json").write_text(json.dumps(inventory))
    return playbook(ground.folder, "air-gap.yml", str(ground.folder / "inventory.json"), *words)


@pytest.fixture
def cut_off(tmp_path: Path) -> t.Iterator[Ground]:
    """A host without systemd that reaches no package."""
    hosts.down("engine-air-gap")
    ground = Ground(hosts.up("engine-air-gap", "bookworm", "without-systemd"), tmp_path)
    ground.told(f"apt-get update -q && apt-get install -yq {' '.join(LIBRARIES)}")
    ground.told("rm -rf /etc/apt/sources.list* /var/lib/apt/lists/* /var/cache/apt/archives/*.deb")
    yield ground
    hosts.down("engine-air-gap")


def test_without_systemd_and_without_any_repository(cut_off: Ground, busybox: str) -> None:
    old = archive("bookworm")
    place = {"file": bring(cut_off, old.path), "remote": True}
    lacking = install(cut_off, old, place=place)
    assert "the archive has all but these packages: python3-docker" in lacking.message

    foreseen, played = guide(cut_off, old, "--check"), guide(cut_off, old)

    assert played.status == 0, played.text
    assert foreseen.plan == played.plan
    assert verbs(played.plan) == [
        "add-group",
        "unpack",
        "place",
        "configure",
        "start",
        "await ready",
    ]
    assert played.results[-1]["engine"]["manager"] == "supervisor"
    assert played.results[-1]["engine"]["version"].startswith("20.10.24")
    load_image(cut_off, busybox)
    assert cut_off.told("docker run --rm slipway-test/busybox:1 echo hello") == "hello"
    assert guide(cut_off, old).plan == []
