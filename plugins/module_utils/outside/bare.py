# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host without Python, as the role bootstrap described it: enough to plan from in check mode."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.outside.engine_api import EngineApi
from ansible_collections.slipway.docker.plugins.module_utils.outside.homes import (
    Account,
    HomeFile,
    Homes,
)
from ansible_collections.slipway.docker.plugins.module_utils.outside.host import NOWHERE, Host
from ansible_collections.slipway.docker.plugins.module_utils.outside.local_api import LocalApi
from ansible_collections.slipway.docker.plugins.module_utils.outside.machine import Machine
from ansible_collections.slipway.docker.plugins.module_utils.outside.parcels import Parcels
from ansible_collections.slipway.docker.plugins.module_utils.outside.placing import Placing
from ansible_collections.slipway.docker.plugins.module_utils.outside.processes import Processes
from ansible_collections.slipway.docker.plugins.module_utils.outside.programs import Ran
from ansible_collections.slipway.docker.plugins.module_utils.outside.sdk import Connection
from ansible_collections.slipway.docker.plugins.module_utils.outside.unpacking import Archives
from ansible_collections.slipway.docker.plugins.module_utils.outside.waits import Waits

HEADING = "== "


class NoApi(LocalApi):
    """Nobody answers."""

    def get(self, path: str, timeout: float = 10, **params: t.Any) -> t.Any:
        return None

    def events(self, since: float, until: float, **filters: t.Sequence[str]) -> list[t.Any]:
        return []


class NoProcesses(Processes):
    """Nothing runs that matters."""

    def since(self, pid: int) -> str:
        return ""

    def command(self, pid: int) -> list[str]:
        return []


class NoHomes(Homes):
    """The homes are there, and nobody has a file in them that matters."""

    def look(self, account: Account, paths: t.Sequence[str]) -> dict[str, HomeFile]:
        return {path: HomeFile(0o755, b"") for path in paths if path == account.home}


class NoTrees(Placing):
    """Nothing was ever placed."""

    def entries(self, root: str, paths: t.Iterable[str]) -> dict[str, t.Any]:
        return {}

    def placed(self, root: str) -> list[str]:
        return []

    def owned_by(self, project: str) -> list[str]:
        return []

    def ownership(self, root: str, paths: t.Iterable[str]) -> str:
        return ""


class NoArchives(Archives):
    """Nothing was ever unpacked, and what a file holds can't be told yet."""

    def look(self, root: str) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
        return {}, ()

    def problem(self, path: str, digits: str) -> str:
        return ""


class Described(Machine):
    """The account is known; the interpreter will be the distribution's, and lacks the SDK."""

    def __init__(self, account: t.Sequence[str], accounts: t.Iterable[str] = ()) -> None:
        self._number, self._name = account if len(account) == 2 else ("0", "root")
        self._accounts = {line.split(":")[0]: line.split(":") for line in accounts}

    @property
    def is_root(self) -> bool:
        return self._number == "0"

    @property
    def user(self) -> str:
        return self._name

    @property
    def python(self) -> str:
        return "/usr/bin/python3"

    @property
    def python_is_packaged(self) -> bool:
        return True

    @property
    def sdk_problem(self) -> str:
        return "there is no Python yet"

    def knows_user(self, name: str) -> bool:
        return True

    def account(self, name: str) -> Account | None:
        known = self._accounts.get(name, ())
        return Account(name, int(known[2]), known[5]) if len(known) == 7 else None

    def mounts_below(self, path: str) -> list[str]:
        return []


def bare_host(lines: t.Iterable[str]) -> Host:
    """The host that these lines describe: `== path` stands before the lines of a file."""
    told = sections(lines)
    files = {path: "\n".join([*content, ""]).encode() for path, content in told.items()}
    engine = EngineApi(Connection("unix://{0}/docker.sock".format(NOWHERE)))

    def run(command: t.Sequence[str], *_details: t.Any, **_more: t.Any) -> Ran:
        known = command[0] == "dpkg-query"
        return Ran(0, "\n".join(told.get("packages", ())), "") if known else Ran(127, "", "")

    def probe(commands: t.Iterable[str], _timeout: float) -> dict[str, Ran]:
        return {name: Ran(0, "", "") for name in commands}

    return Host(
        engine,
        Waits(engine),
        Parcels(None),
        NoTrees(NOWHERE),
        run=run,
        probe=probe,
        read_bytes=files.get,
        exists=files.__contains__,
        mode_of=lambda path: None,
        read_link=lambda path: None,
        archives=NoArchives(),
        local=NoApi(),
        api=lambda path: NoApi(),
        homes=NoHomes(run),
        machine=Described(told.get("account", ()), told.get("/etc/passwd", ())),
        processes=NoProcesses(),
    )


def sections(lines: t.Iterable[str]) -> dict[str, list[str]]:
    """Lines by the heading that they stand under."""
    told: dict[str, list[str]] = {}
    content: list[str] = []
    for line in lines:
        if line.startswith(HEADING):
            content = told.setdefault(line[len(HEADING) :].strip(), [])
        else:
            content.append(line.rstrip("\r"))
    return told
