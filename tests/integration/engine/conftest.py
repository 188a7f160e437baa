# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts of their own for the engine: with systemd one a version, and one without any init."""

from __future__ import annotations

import os
import subprocess
import typing as t
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.ground.dockers import dockers
from tests.ground.engine import CACHE, PREFIX
from tests.ground.repository import Repository, Signer, gateway, signer
from tests.hosts import host as hosts
from tests.integration import playing

# Suite, variant, and who has to run the engine there; `make test-engines` asks for all of them.
GROUNDS = {
    "engine-20": ("bookworm", "usual", "systemd"),
    "engine-26": ("trixie", "usual", "systemd"),
    "engine-28": ("forky", "usual", "systemd"),
    "engine-supervised": ("bookworm", "without-systemd", "supervisor"),
}
NOT_EVERY_TIME = {"engine-28"}
CHOSEN = [
    name for name in GROUNDS if name not in NOT_EVERY_TIME or os.environ.get("SLIPWAY_ALL_ENGINES")
]
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
    def starts(self) -> int:
        """How often systemd started the engine."""
        return int(self.told("journalctl -u docker -o cat | grep -c '^Started docker.service'"))

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


@pytest.fixture(scope="module", params=CHOSEN)
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


@dataclass
class Source:
    """A repository of Docker's names, the two keys that may sign it, and its packages."""

    repository: Repository
    port: int
    keys: tuple[Signer, Signer]
    packages: list[Path]

    @property
    def url(self) -> str:
        """Its address for hosts, whose network comes and goes with them."""
        return f"http://{gateway()}:{self.port}"

    def options(self, key: int = 0, **more: t.Any) -> dict[str, t.Any]:
        """What the engine's module is told of it."""
        repository = {"url": self.url, "fingerprint": self.keys[key].fingerprint}
        return {"source": "upstream", "repository": {**repository, **more}}


@pytest.fixture(scope="package")
def source(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[Source]:
    """A repository that is served as long as the tests of engines last."""
    repository = Repository(tmp_path_factory.mktemp("repository"))
    packages = dockers(CACHE / "dockers")
    with signer("one") as one, signer("two") as two, repository.served() as port:
        repository.publish(packages, one)
        yield Source(repository, port, (one, two), packages)


@pytest.fixture(scope="module")
def upstream(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> t.Iterator[Ground]:
    """A host with systemd on which nothing was done yet."""
    name = request.module.__name__.rpartition(".test_")[2]
    hosts.down(f"engine-{name}")
    yield Ground(hosts.up(f"engine-{name}", "trixie", "usual"), tmp_path_factory.mktemp(name))
    hosts.down(f"engine-{name}")


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


@pytest.fixture(scope="session", params=[each for each in CHOSEN if each != "engine-supervised"])
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
