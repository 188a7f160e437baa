# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real engine, a real registry, and images of one static program."""

from __future__ import annotations

import dataclasses
import io
import os
import pathlib
import socket
import subprocess
import tarfile
import time
import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.converge import Settings, converge
from ansible_collections.slipway.docker.plugins.module_utils.core.report import Report
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Resource
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image import IMAGE
from ansible_collections.slipway.docker.plugins.module_utils.outside import contexts
from ansible_collections.slipway.docker.plugins.module_utils.outside.host import host
from ansible_collections.slipway.docker.plugins.module_utils.outside.records import Records
from ansible_collections.slipway.docker.plugins.module_utils.outside.sdk import Connection
from tests.ground.programs import program

# Two runs on one engine, and neither clears away what the other made.
PREFIX = f"img{os.getpid()}-"
USER, PASSWORD = "ship", "open-sesame"
# What `htpasswd -nB` says of the two.
HTPASSWD = "ship:$2b$04$NeOuvKkm.rtHgP.66CgGwO.lVtx0WxUq2/xIR9EKR8Mu6vVhSGTtq\n"


@dataclasses.dataclass(frozen=True)
class Registry:
    """A registry on a loopback port of its own."""

    port: int
    process: subprocess.Popen[bytes]

    def name(self, path: str) -> str:
        return f"127.0.0.1:{self.port}/{PREFIX}{path}"


@dataclasses.dataclass(frozen=True)
class Ground:
    """This machine's engine, with a memory that lasts a test."""

    state: pathlib.Path
    engine: str = "unix:///var/run/docker.sock"

    @property
    def outside(self) -> t.Any:
        return host(Connection(docker_host=self.engine), str(self.state))

    def converge(self, *wanted: Resource, check_mode: bool = False, **settings: t.Any) -> Report:
        records = Records(str(self.state))
        report = converge(
            [IMAGE], wanted, self.outside, records, Settings(check_mode=check_mode, **settings)
        )
        if not check_mode:
            records.save()
        return report

    def run(self, *wanted: Resource, **settings: t.Any) -> list[str]:
        """The plan of a run that did what check mode told, and left nothing for another."""
        told = self.converge(*wanted, check_mode=True, **settings).plan.lines
        report = self.converge(*wanted, **settings)
        assert not report.failed, report.failure()
        assert report.plan.lines == told
        assert self.converge(*wanted, **settings).plan.lines == []
        return told

    def fail(self, *wanted: Resource) -> str:
        """How a run fails that was not refused."""
        report = self.converge(*wanted)
        assert report.failed
        return report.failure()

    def id(self, name: str) -> str | None:
        image = self.outside.engine.get("/images/{0}/json", name)
        return image["Id"] if image else None

    def output(self, image: str, *command: str) -> str:
        done = subprocess.run(
            ["docker", "run", "--rm", "--network", "none", image, *command],
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout


def image(name: str, state: str = "present", **options: t.Any) -> Resource:
    """A wanted image."""
    return Resource(
        "image", name, state, options={name.rstrip("_"): value for name, value in options.items()}
    )


def built(name: str, directory: pathlib.Path, **build: t.Any) -> Resource:
    """A wanted image whose context lies on this machine."""
    recipe, entries = contexts.read(str(directory), build)
    return image(
        name, build={"context": str(directory), **build, "recipe": recipe, "entries": entries}
    )


def docker(*arguments: str) -> str:
    """What the docker program says."""
    done = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def ground(tmp_path: pathlib.Path) -> t.Iterator[Ground]:
    """The ground, cleared of what a test made."""
    made = Ground(tmp_path / "state")
    before = dangling()
    yield made
    clear(made, before)


def dangling() -> set[str]:
    """The ids of the images that have lost their names."""
    return set(docker("images", "-q", "--no-trunc", "--filter", "dangling=true").split())


def clear(ground: Ground, before: set[str]) -> None:
    """Remove every image under our prefix, and what of ours has lost its name since."""
    for image in ground.outside.engine.get("/images/json"):
        for name in image["RepoTags"] or image["RepoDigests"] or ():
            last = name.rpartition("/")[2]
            if last.startswith(PREFIX) and not last.startswith(f"{PREFIX}base"):
                subprocess.run(["docker", "rmi", "-f", name], capture_output=True, check=False)
    for id in dangling() - before:
        if is_ours(id):
            subprocess.run(["docker", "rmi", id], capture_output=True, check=False)


def is_ours(id: str) -> bool:
    """Whether an image was made here, or out of our base."""
    form = "{{json .Config.Labels}} {{index .RootFS.Layers 0}}"
    told, base = (
        subprocess.run(
            ["docker", "image", "inspect", "--format", form, name],
            capture_output=True,
            text=True,
            check=False,
        ).stdout
        for name in (id, f"{PREFIX}base:1")
    )
    return "slipway.build" in told or told.split()[-1:] == base.split()[-1:]


@pytest.fixture(scope="session")
def busybox(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[str]:
    """An image of one static program, made of nothing."""
    name = f"{PREFIX}base:1"
    directory = tmp_path_factory.mktemp("base")
    docker(
        "import",
        "--change",
        'CMD ["sh"]',
        "--change",
        "ENV PATH=/bin",
        str(root_archive(directory)),
        name,
    )
    yield name
    subprocess.run(["docker", "rmi", "-f", name], capture_output=True, check=False)


def root_archive(directory: pathlib.Path, **files: str) -> pathlib.Path:
    """A tar archive of a root file system with busybox in it."""
    path = directory / "root.tar"
    with tarfile.open(path, "w") as archive:
        archive.add(program("busybox-static", "busybox"), "bin/busybox")
        for name in ("sh", "cat", "ls", "echo", "false", "stat"):
            link = tarfile.TarInfo(f"bin/{name}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            archive.addfile(link)
        for name, text in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(text)
            archive.addfile(info, io.BytesIO(text.encode()))
    return path


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[Registry]:
    """An open registry."""
    yield from _serve(tmp_path_factory.mktemp("registry"), "")


@pytest.fixture(scope="session")
def guarded_registry(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[Registry]:
    """A registry that wants a password."""
    directory = tmp_path_factory.mktemp("guarded")
    (directory / "htpasswd").write_text(HTPASSWD)
    yield from _serve(
        directory, f"auth: {{htpasswd: {{realm: here, path: {directory}/htpasswd}}}}\n"
    )


def _serve(directory: pathlib.Path, more: str) -> t.Iterator[Registry]:
    port = free_port()
    configuration = directory / "config.yml"
    configuration.write_text(
        f"version: 0.1\nstorage: {{filesystem: {{rootdirectory: {directory}/data}}}}\n"
        f"http: {{addr: '127.0.0.1:{port}'}}\n{more}"
    )
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(
            [program("docker-registry", "docker-registry"), "serve", str(configuration)],
            stdout=log,
            stderr=log,
        )
    try:
        _await_port(port, process)
        yield Registry(port, process)
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_port(port: int, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the registry ended; see its log")
