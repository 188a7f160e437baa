# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts of their own for the engine: two with systemd, one without any init."""

from __future__ import annotations

import subprocess
import typing as t
from concurrent.futures import ThreadPoolExecutor
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
# Two that stand on one network, by suite; one has a firewall, which sleeps until it is called.
NEIGHBOURS = {"neighbour-20": "bookworm", "neighbour-26": "trixie"}
FIREWALL = (
    "apt-get update -q && apt-get install -y -q --no-install-recommends firewalld"
    " && systemctl disable --now firewalld"
)
PUBLISHED = (8080, 8081, 8082, 8083)
FOREIGN = "-A DOCKER-USER -s 192.0.2.9/32 -j DROP"
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


@pytest.fixture(scope="session")
def neighbours(tmp_path_factory: pytest.TempPathFactory, busybox: str) -> t.Iterator[list[Ground]]:
    """Two hosts with engines, neither with any options of ours beyond these."""
    for name in NEIGHBOURS:
        hosts.down(name)
    made = [
        Ground(hosts.up(name, suite, "usual"), tmp_path_factory.mktemp(name))
        for name, suite in NEIGHBOURS.items()
    ]
    with ThreadPoolExecutor() as pool:
        list(pool.map(publish, made, [busybox] * len(made)))
    yield made
    for name in NEIGHBOURS:
        hosts.down(name)


def publish(ground: Ground, image: str) -> None:
    """Have an engine, a foreign rule, and a container that publishes."""
    if ground.host.suite == "trixie":
        assert ground.host.ssh(FIREWALL).returncode == 0
    ground.engine()
    load_image(ground, image)
    ports = " ".join(f"-p {port}:80" for port in PUBLISHED)
    web = f"docker run -d --name web --stop-signal KILL --restart always {ports} {image}"
    ground.told(f"{web} httpd -f -p 80")
    ground.told(FOREIGN.replace("-A", "iptables -I", 1))


@pytest.fixture
def bare(tmp_path: Path) -> t.Iterator[Ground]:
    """A host without Python."""
    hosts.down("engine-bare")
    yield Ground(hosts.up("engine-bare", "trixie", "bare"), tmp_path)
    hosts.down("engine-bare")
