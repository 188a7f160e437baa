# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts of their own for the engine: two with systemd, one without any init."""

from __future__ import annotations

import subprocess
import typing as t
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.ground.engine import PREFIX
from tests.hosts import host as hosts
from tests.integration import playing

# suite, variant, and who has to run the engine there
GROUNDS = {
    "engine-20": ("bookworm", "usual", "systemd"),
    "engine-26": ("trixie", "usual", "systemd"),
    "engine-supervised": ("bookworm", "without-systemd", "supervisor"),
}
SETTINGS = {"log_rotation": {"max-size": "10m", "max-file": 3}}


@dataclass
class Ground:
    """A test host, and the module run on it."""

    host: hosts.Host
    folder: Path
    manager: str = ""
    foreseen: playing.Played | None = None
    first: playing.Played | None = None

    def play(
        self, tasks: t.Sequence[playing.Task], check: bool = False, **keys: t.Any
    ) -> playing.Played:
        """Run tasks on the host."""
        python = "auto" if self.host.variant == "bare" else "/usr/bin/python3"
        variables = {**self.host.variables(), "ansible_python_interpreter": python}
        return playing.play(self.folder, tasks, check, connection="ssh", vars=variables, **keys)

    def engine(self, check: bool = False, **options: t.Any) -> playing.Played:
        """Run the engine's module on the host."""
        return self.play([{"slipway.docker.engine": {**SETTINGS, **options}}], check)

    def told(self, command: str) -> str:
        """What a command on the host prints."""
        return self.host.ssh(command).stdout.strip()

    @property
    def daemon(self) -> str:
        """The process that the engine is."""
        return self.told("cat /var/run/docker.pid")


def load_image(ground: Ground, image: str) -> None:
    """Bring an image of this machine's engine to the host's."""
    saved = subprocess.run(["docker", "save", image], capture_output=True, check=True).stdout
    path = "/root/image.tar"
    container = PREFIX + ground.host.name
    command = ["docker", "exec", "-i", container, "sh", "-c", f"cat > {path}"]
    subprocess.run(command, input=saved, check=True)
    assert "Loaded image" in ground.told(f"docker load -i {path}")


@pytest.fixture(scope="module", params=list(GROUNDS))
def ground(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, busybox: str
) -> t.Iterator[Ground]:
    """A host on which check mode was run, then the module."""
    suite, variant, manager = GROUNDS[request.param]
    hosts.down(request.param)
    ground = Ground(hosts.up(request.param, suite, variant), tmp_path_factory.mktemp("engine"))
    ground.manager = manager
    ground.foreseen = ground.engine(check=True)
    ground.first = ground.engine()
    load_image(ground, busybox)
    yield ground
    hosts.down(request.param)


# An engine's root must not be the volume's: it is to be moved, and the volume is all there is to move it to.
ROOTS = ("/var/lib/docker/one", "/var/lib/docker/two")


class Standing(Ground):
    """A host with an engine that many tests change and put back."""

    root = ROOTS[0]

    @property
    def base(self) -> dict[str, t.Any]:
        """What each test's settings stand beside."""
        return {"data-root": self.root, "live-restore": True}

    def settle(
        self, *, check: t.Any = False, options: t.Any = None, **config: t.Any
    ) -> playing.Played:
        """Run the engine's module with these keys beside those of each test."""
        return self.engine(bool(check), config={**self.base, **config}, **(options or {}))


@pytest.fixture(scope="session", params=["engine-20", "engine-26"])
def standing(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, busybox: str
) -> t.Iterator[Standing]:
    """A host on which an engine stands."""
    suite, variant, manager = GROUNDS[request.param]
    name = request.param.replace("engine", "standing")
    hosts.down(name)
    ground = Standing(hosts.up(name, suite, variant), tmp_path_factory.mktemp("standing"), manager)
    played = ground.settle()
    assert played.status == 0, played.text
    load_image(ground, busybox)
    yield ground
    hosts.down(name)


@pytest.fixture
def bare(tmp_path: Path) -> t.Iterator[Ground]:
    """A host without Python."""
    hosts.down("engine-bare")
    yield Ground(hosts.up("engine-bare", "trixie", "bare"), tmp_path)
    hosts.down("engine-bare")
