# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What there is on the engine, looked at past the proxy, and how it differs from what should be."""

from __future__ import annotations

import http.client
import pathlib
import time
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.mounts import ANONYMOUS
from ansible_collections.slipway.docker.plugins.module_utils.outside.engine_api import EngineApi
from ansible_collections.slipway.docker.plugins.module_utils.outside.sdk import Connection
from tests.faults.proxy import ENGINE
from tests.faults.scenarios import KEPT, SHARE_1, SHARE_2
from tests.faults.stacks import PROJECT, Declared

# Seconds that a program may take from its start to its first answer.
STARTING = 3.0
NOBODY: dict[str, t.Any] = {"NetworkSettings": {"Networks": {}}}


class World:
    """One engine, and the directory where the files of its stacks are placed."""

    def __init__(self, placed: pathlib.Path, socket: str = ENGINE) -> None:
        self.socket = socket
        self._placed = placed
        self._engine = EngineApi(Connection(docker_host=f"unix://{socket}"))

    def differences(self, wanted: Declared) -> list[str]:
        """What is lost, or left over, or doesn't answer; empty where all is as wanted."""
        found = self.containers()
        told = [
            *_compared("containers", sorted(found), wanted.names("container")),
            *_compared("networks", self._networks(), wanted.names("network")),
            *_compared("files", self._files(), wanted.names("tree")),
        ]
        return [*told, *self.unanswered(wanted)]

    def unanswered(self, wanted: Declared) -> list[str]:
        """What data is lost, and which pages are not as wanted."""
        found, told = self.containers(), self._lost()
        for service, pages in wanted.stack.pages.items():
            names = [name for name in wanted.names("container") if f"-{service}-" in name]
            for name in names:
                told += _unlike(found.get(name, NOBODY), name, pages)
        return told

    def containers(self) -> dict[str, dict[str, t.Any]]:
        """The project's containers by name, and whatever else is called after it."""
        listed = self._engine.get("/containers/json", all=True, filters={"name": [PROJECT]})
        return {each["Names"][0].lstrip("/"): each for each in listed}

    def put_data(self) -> None:
        """Write what must never be lost where the services' data lies."""
        for directory in (SHARE_1, SHARE_2, *self._holders(), *self._anonymous()):
            _marker(directory).parent.mkdir(exist_ok=True)
            _marker(directory).write_text("kept\n")

    def _networks(self) -> list[str]:
        listed = self._engine.get("/networks", filters={"name": [PROJECT]})
        return sorted(each["Name"] for each in listed)

    def _files(self) -> list[str]:
        """The directories of what was placed, and files under a name for the meantime."""
        files = [path for path in self._placed.rglob("*") if path.is_file()]
        half = [str(path) for path in files if path.name.startswith(".slipway")]
        return sorted({*(str(path.parent) for path in files), *half})

    def _lost(self) -> list[str]:
        gone = [each for each in self._holders() if not _marker(each).exists()]
        return [f"the data in {each} is lost" for each in gone]

    def _holders(self) -> list[str]:
        volumes = self._engine.get("/volumes", filters={"name": [PROJECT]})["Volumes"] or ()
        return [each["Mountpoint"] for each in volumes if not each.get("Options")]

    def _anonymous(self) -> list[str]:
        mounts = [mount for each in self.containers().values() for mount in each["Mounts"]]
        return [each["Source"] for each in mounts if ANONYMOUS.match(each.get("Name") or "")]


def _compared(what: str, found: list[str], wanted: list[str]) -> list[str]:
    return [f"{what} {found}, not {wanted}"] if found != wanted else []


def _marker(directory: str) -> pathlib.Path:
    return pathlib.Path(directory) / KEPT.rpartition("/")[2]


def _unlike(container: t.Mapping[str, t.Any], name: str, pages: t.Mapping[str, str]) -> list[str]:
    networks = container["NetworkSettings"]["Networks"].values()
    address = next((each["IPAddress"] for each in networks if each["IPAddress"]), "")
    answers = {path: get(address, path) for path in pages}
    return [
        f"{name}{path} answers {answers[path]!r}, not {page!r}"
        for path, page in pages.items()
        if answers[path] != page
    ]


def get(address: str, path: str) -> str:
    """A page, or why there is none; who has just been started gets a moment."""
    until = time.monotonic() + STARTING
    while True:
        connection = http.client.HTTPConnection(address, timeout=STARTING)
        try:
            connection.request("GET", path)
            return connection.getresponse().read().decode()
        except OSError as error:
            if not address or time.monotonic() > until:
                return str(error)
            time.sleep(0.01)
        finally:
            connection.close()
