# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What somebody changes by hand on a real engine is drift, named as what it is; what is edited in the files is none."""

from __future__ import annotations

import dataclasses
import pathlib
import typing as t

import pytest

from tests.integration.conftest import docker
from tests.integration.playing import Played, stack
from tests.integration.test_stack import Shop, service

SECRET = "s3cret-s3cret"


@dataclasses.dataclass
class Ground:
    """A stack that was brought up, and where its files lie on the host."""

    shop: Shop
    there: pathlib.Path
    services: dict[str, t.Any]

    def run(self, check: bool = False) -> Played:
        """Run it once more."""
        played = stack(self.shop.folder, check=check, directory=str(self.there), in_place=False)
        assert played.status == 0, played.text
        return played

    def write(self) -> None:
        """The Compose file, as the services say by now."""
        self.shop.write(
            self.services,
            volumes={"data": None},
            networks={"back": None},
            configs={"motd": {"file": "./motd.txt"}},
            secrets={"password": {"file": "./password.txt"}},
        )

    def overwrite(self, name: str) -> pathlib.Path:
        """Change a file that was brought to the host; returns the directory that holds it."""
        (found,) = [path for path in self.there.rglob(name) if path.is_file()]
        found.write_text("changed by hand")
        return found.parent

    @property
    def web(self) -> str:
        return f"{self.shop.name}-web-1"

    @property
    def db(self) -> str:
        return f"{self.shop.name}-db-1"


@pytest.fixture
def ground(
    tmp_path: pathlib.Path, project: str, busybox: str, tmp_path_factory: pytest.TempPathFactory
) -> t.Iterator[Ground]:
    """A stack with one of everything."""
    image = f"{project}-app:1"
    docker("tag", busybox, image)
    (tmp_path / "motd.txt").write_text("hello")
    (tmp_path / "password.txt").write_text(SECRET)
    (tmp_path / "www").mkdir()
    (tmp_path / "www" / "index.html").write_text("one")
    web = service(
        image,
        mem_limit="64m",
        memswap_limit="128m",
        environment={"MODE": "a"},
        volumes=["data:/data", "./www:/www"],
        networks=["default", "back"],
        configs=["motd"],
        secrets=["password"],
    )
    services = {"web": web, "db": service(image, networks=["back"])}
    there = tmp_path_factory.mktemp("host") / "stack"
    ground = Ground(Shop(tmp_path, project, image), there, services)
    ground.write()
    first = ground.run()
    assert first.results[-1]["drift"] == []
    yield ground
    docker("rmi", "-f", image)


def change_in_place(ground: Ground) -> list[str]:
    """What a container keeps its id with, and the files that it reads."""
    docker("update", "--memory", "96m", "--memory-swap", "128m", ground.web)
    docker("network", "disconnect", f"{ground.shop.name}_back", ground.web)
    docker("stop", ground.web)
    docker("pause", ground.db)
    trees = [ground.overwrite(name) for name in ("motd.txt", "password.txt", "index.html")]
    return [
        *(f"tree {tree}: content" for tree in trees),
        f"container {ground.web}: networks.{ground.shop.name}_back added",
        f"container {ground.web}: mem_limit '96m' -> '64m'",
        f"container {ground.web}: found exited",
        f"container {ground.db}: found paused",
    ]


def move_the_tag(ground: Ground) -> list[str]:
    """Another image under the same name."""
    docker("commit", ground.web, ground.shop.image)
    return [
        f"image {ground.shop.image}: it is another one than the last run left there",
        f"container {ground.web}: image '{ground.shop.image} (",
        f"container {ground.db}: image '{ground.shop.image} (",
    ]


def remove(ground: Ground) -> list[str]:
    """A container with its volume, and a network under another one."""
    docker("rm", "-f", ground.web)
    docker("volume", "rm", f"{ground.shop.name}_data")
    docker("network", "disconnect", f"{ground.shop.name}_back", ground.db)
    docker("network", "rm", f"{ground.shop.name}_back")
    return [
        f"volume {ground.shop.name}_data: not found",
        f"network {ground.shop.name}_back: not found",
        f"container {ground.web}: not found",
        f"container {ground.db}: networks added",
    ]


@pytest.mark.parametrize("by_hand", [change_in_place, move_the_tag, remove])
def test_what_is_changed_by_hand_is_named_as_drift_and_mended(
    ground: Ground, by_hand: t.Callable[[Ground], list[str]]
) -> None:
    expected = by_hand(ground)

    told = ground.run(check=True).results[-1]

    assert len(told["drift"]) == len(expected), told["drift"]
    assert [line for line in expected if not any(map(begins(line), told["drift"]))] == []
    assert told["edits"] == []
    assert SECRET not in str(told)
    assert ground.run().plan == told["plan"]
    again = ground.run().results[-1]
    assert (again["drift"], again["edits"], again["plan"]) == ([], [], [])


def begins(line: str) -> t.Callable[[str], bool]:
    return lambda told: told.startswith(line)


def test_what_is_edited_is_no_drift(ground: Ground) -> None:
    ground.services["web"].update(mem_limit="80m", environment={"MODE": "b"}, networks=["default"])
    ground.services["new"] = service(ground.shop.image)
    (ground.shop.folder / "motd.txt").write_text("good bye")
    (ground.shop.folder / "www" / "index.html").write_text("two")
    ground.write()

    told = ground.run(check=True).results[-1]

    assert told["drift"] == []
    assert {line.partition(":")[0] for line in told["edits"]} >= {
        f"container {ground.web}",
        f"container {ground.shop.name}-new-1",
        f"tree {ground.there}/project/www",
    }
    assert not [line for line in told["plan"] if line.endswith("(drift)")]


def test_what_is_started_again_after_it_was_wanted_stopped_is_no_drift(ground: Ground) -> None:
    stack(ground.shop.folder, directory=str(ground.there), in_place=False, state="stopped")

    told = ground.run(check=True).results[-1]

    assert told["drift"] == []
    assert len(told["edits"]) == 2
