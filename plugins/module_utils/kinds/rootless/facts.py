# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is seen of a user, of the user's engine, and of the host that both are on."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.facts import ConfigFile
from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless.subids import Range

# No account is called so.
HOST = "the host"
UNIT = "docker.service"
SUBUID, SUBGID = "/etc/subuid", "/etc/subgid"


@dataclasses.dataclass(frozen=True)
class Note:
    """What we keep about a user's engine between runs.

    ``subuids``, ``subgids``: the ranges that we gave the user, as ``FIRST-LAST``; ``lingers``: we
    turned that on; ``has_unit``: we wrote the unit. ``pending``: what a configuration that is in
    place still waits for (``reload``, ``restart``); ``engine``: the process that hasn't taken it up
    yet; ``before``: the texts that it replaced, by path, None where there was no file.
    """

    subuids: tuple[str, ...] = ()
    subgids: tuple[str, ...] = ()
    lingers: bool = False
    has_unit: bool = False
    pending: str = ""
    engine: int = 0
    before: t.Mapping[str, str | None] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class HostFacts:
    """What every user's engine stands on.

    ``forbids``: why the kernel gives a user no namespaces, and what to type; empty where it does.
    ``subuids``, ``subgids``: all ranges that are given away. ``local``: accounts in /etc/passwd.
    """

    is_root: bool = True
    user: str = "root"
    has_systemd: bool = True
    forbids: tuple[str, str] | tuple[()] = ()
    subuids: tuple[Range, ...] = ()
    subgids: tuple[Range, ...] = ()
    local: frozenset[str] = frozenset()


@dataclasses.dataclass(frozen=True)
class Service:
    """The unit as the user's service manager runs it."""

    is_active: bool = False
    pid: int = 0
    is_enabled: bool = False


@dataclasses.dataclass(frozen=True)
class UserFacts:
    """A user and the user's engine; ``account`` is None where there is no such.

    ``unit``: the text of the unit; ``version`` and ``info`` are the API's answers, empty without one.
    """

    account: t.Any = None
    has_home: bool = False
    lingers: bool = False
    config: ConfigFile = ConfigFile()
    unit: str | None = None
    unit_mode: int = 0o600
    service: Service = Service()
    version: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)
    info: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)
    containers: tuple[str, ...] = ()
    mounts: tuple[str, ...] = ()
    has_data: bool = False
    note: Note = Note()

    @property
    def answers(self) -> bool:
        return bool(self.version)

    @property
    def runs(self) -> bool:
        return self.service.is_active

    @property
    def socket(self) -> str:
        return socket_of(self.account)

    @property
    def data_root(self) -> str:
        return str(
            self.info.get("DockerRootDir")
            or self.config.values.get("data-root")
            or data_of(self.account)
        )


def session_of(account: t.Any) -> str:
    """The directory of what a user's programs hold while they run."""
    return "/run/user/{0}".format(account.uid)


def socket_of(account: t.Any) -> str:
    """Where a user's engine answers."""
    return session_of(account) + "/docker.sock"


def config_of(account: t.Any) -> str:
    """The daemon.json of a user."""
    return "{0}/.config/docker/daemon.json".format(account.home.rstrip("/"))


def unit_of(account: t.Any) -> str:
    """The unit of a user's engine."""
    return "{0}/.config/systemd/user/{1}".format(account.home.rstrip("/"), UNIT)


def link_of(account: t.Any) -> str:
    """What has the unit started with the user's service manager."""
    return "{0}/.config/systemd/user/default.target.wants/{1}".format(
        account.home.rstrip("/"), UNIT
    )


def data_of(account: t.Any) -> str:
    """What a user's engine holds, unless it is told another place."""
    return "{0}/.local/share/docker".format(account.home.rstrip("/"))
