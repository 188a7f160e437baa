# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An engine, an image of one static program, and what containers of a test lean on."""

from __future__ import annotations

import dataclasses
import functools
import io
import json
import pathlib
import tarfile
import tempfile
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.converge import Settings, converge
from ansible_collections.slipway.docker.plugins.module_utils.core.kind import read
from ansible_collections.slipway.docker.plugins.module_utils.core.report import Report
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Resource
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container import CONTAINER
from ansible_collections.slipway.docker.plugins.module_utils.outside.host import host
from ansible_collections.slipway.docker.plugins.module_utils.outside.records import (
    RECORDS,
    Records,
)
from ansible_collections.slipway.docker.plugins.module_utils.outside.sdk import Connection
from tests.ground.programs import program

PREFIX = "ctr-"
PROGRAMS = [
    "sh",
    "sleep",
    "cat",
    "echo",
    "test",
    "touch",
    "ls",
    "rm",
    "mkdir",
    "id",
    "hostname",
    "env",
    "nc",
    "kill",
    "true",
    "false",
    "httpd",
]
# All that a container inherits from its image is set, to see how it meets what is asked for.
CHANGES = [
    "ENV PATH=/bin FROM_IMAGE=yes OVERRIDDEN=no",
    "LABEL image.label=one overridden=no",
    "EXPOSE 7000",
    "WORKDIR /srv",
    "STOPSIGNAL SIGKILL",
    "VOLUME /from-image",
    'CMD ["sleep", "100000"]',
]


@dataclasses.dataclass(frozen=True)
class Ground:
    """One engine, with a memory of its own."""

    docker_host: str = "unix:///var/run/docker.sock"
    state: pathlib.Path = dataclasses.field(
        default_factory=lambda: pathlib.Path(tempfile.mkdtemp())
    )

    @property
    def outside(self) -> t.Any:
        return host(Connection(docker_host=self.docker_host), str(self.state))

    def converge(self, *wanted: Resource, check_mode: bool = False, **settings: t.Any) -> Report:
        records = Records(str(self.state))
        outside = self.outside
        return converge(
            [CONTAINER], wanted, outside, records, Settings(check_mode=check_mode, **settings)
        )

    def run(self, *wanted: Resource, **settings: t.Any) -> list[str]:
        """The plan of a run that did what check mode told, and leaves nothing for a second one."""
        told = self.converge(*wanted, check_mode=True, **settings).plan.lines
        report = self.converge(*wanted, **settings)
        assert not report.failed, report.failure()
        assert report.plan.lines == told
        assert self.converge(*wanted, **settings).plan.lines == []
        return told

    def fail(self, *wanted: Resource, **settings: t.Any) -> str:
        """How a run fails that was not refused."""
        report = self.converge(*wanted, **settings)
        assert report.failed
        return report.failure()

    def inspect(self, name: str) -> dict[str, t.Any]:
        found = self.outside.engine.get("/containers/{0}/json", name)
        assert found, name
        return t.cast("dict[str, t.Any]", found)

    def aliases(self, name: str) -> dict[str, list[str]]:
        """By network a container's aliases, without its own id, which engines before 26 add."""
        found = self.inspect(name)
        ends = found["NetworkSettings"]["Networks"].items()
        return {net: sorted({*(end["Aliases"] or ())} - {found["Id"][:12]}) for net, end in ends}

    def names(self) -> list[str]:
        """The names of the containers of these tests."""
        listed = self.outside.engine.get("/containers/json", all=True)
        names = (each["Names"][0].lstrip("/") for each in listed if each["Names"])
        return sorted(name for name in names if name.startswith(PREFIX))

    def image(self, name: str, *changes: str, base: bool = True) -> str:
        """An image of busybox, with the instructions given."""
        lines = ["FROM scratch", "ADD root.tar /", *(CHANGES if base else ()), *changes]
        context = pack({"Dockerfile": "\n".join(lines).encode(), "root.tar": root_file_system()})
        headers = {"Content-Type": "application/x-tar"}
        told = list(
            self.outside.engine.upload(
                "/build", data=context, headers=headers, t=PREFIX + name, rm=True
            )
        )
        assert "Successfully built" in json.dumps(told), told
        return PREFIX + name

    def clear(self) -> None:
        """Remove what tests left, and what is known of it."""
        (self.state / RECORDS).unlink(missing_ok=True)
        engine = self.outside.engine
        for name in self.names():
            engine.delete("/containers/{0}", name, force=True, v=True)
        for network in engine.get("/networks"):
            if network["Name"].startswith(PREFIX):
                engine.delete("/networks/{0}", network["Id"])
        for volume in engine.get("/volumes")["Volumes"] or ():
            if volume["Name"].startswith(PREFIX):
                engine.delete("/volumes/{0}", volume["Name"], force=True)

    def network(self, name: str, **body: t.Any) -> str:
        self.outside.engine.post(
            "/networks/create", body={"Name": PREFIX + name, "CheckDuplicate": True, **body}
        )
        return PREFIX + name

    def volume(self, name: str) -> str:
        self.outside.engine.post("/volumes/create", body={"Name": PREFIX + name})
        return PREFIX + name


def pack(files: t.Mapping[str, bytes]) -> bytes:
    """A tar archive of a few files."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


@functools.lru_cache(maxsize=None)
def root_file_system() -> bytes:
    """A tar archive with one program under many names."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name in ("bin", "srv", "tmp", "etc"):
            folder = tarfile.TarInfo(name)
            folder.type, folder.mode = tarfile.DIRTYPE, 0o777
            archive.addfile(folder)
        archive.add(program("busybox-static", "busybox"), "bin/busybox")
        for name in PROGRAMS:
            link = tarfile.TarInfo("bin/" + name)
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            archive.addfile(link)
    return buffer.getvalue()


def container(
    name: str, state: str = "started", options: t.Any = None, **fields: t.Any
) -> Resource:
    """A wanted container, its fields as a user writes them."""
    declared = read(CONTAINER, "container " + PREFIX + name, fields)
    return Resource("container", PREFIX + name, state, declared, options or {})
