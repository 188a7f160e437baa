# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is seen of the host and of its engine."""

from __future__ import annotations

import dataclasses
import typing as t

DOCKER = "docker"
HOST = "host"
CONFIG_PATH = "/etc/docker/daemon.json"
NOTE_PATH = "/var/lib/slipway/engine.json"
DATA_ROOT = "/var/lib/docker"
BY_HAND = "hand"


@dataclasses.dataclass(frozen=True)
class Placed:
    """A file of the host: its text is None where it isn't there.

    ``is_link``: a symbolic link, whose text is where it leads; empty where something else is there.
    """

    path: str
    text: str | None = None
    mode: int = 0o644
    is_link: bool = False


@dataclasses.dataclass(frozen=True)
class Note:
    """What we keep about an engine between runs.

    ``users``: whom we put into its group; ``packages``: which packages came with our installation.
    ``pending``: what a configuration that is in place still waits for (``reload``, ``restart``);
    ``engine``: the process that hasn't taken it up yet; ``before``: the text of the file that it
    replaced, None where there was none; ``files``: the other files that it replaced.
    """

    users: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    pending: str = ""
    engine: int = 0
    before: str | None = None
    files: tuple[Placed, ...] = ()


@dataclasses.dataclass(frozen=True)
class ArchiveFacts:
    """The engine's archives that are unpacked on the host.

    ``there``: the digits of each, with the programs that aren't as they were unpacked; ``left``:
    what killed runs left; ``problem``: why the file on the host can't be the archive that is wanted.
    """

    there: t.Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    left: tuple[str, ...] = ()
    problem: str = ""


@dataclasses.dataclass(frozen=True)
class HostFacts:
    """What the engine stands on; ``installed`` has the versions of packages that matter here.

    ``files``: those of the engine's parts, by path.
    ``is_held_back``: a killed installation left the policy by which no package starts the engine.
    """

    is_root: bool = True
    user: str = "root"
    system: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    installed: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    has_apparmor: bool = False
    has_systemd: bool = False
    python: str = ""
    python_is_packaged: bool = True
    sdk_problem: str = ""
    members: tuple[str, ...] = ()
    note: Note = Note()
    is_held_back: bool = False
    files: t.Mapping[str, Placed] = dataclasses.field(default_factory=dict)
    archive: ArchiveFacts = ArchiveFacts()
    has_group: bool = True


@dataclasses.dataclass(frozen=True)
class ConfigFile:
    """daemon.json as it is: ``problem`` says why it can't be read as one."""

    text: str | None = None
    mode: int = 0o644
    values: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)
    problem: str = ""


@dataclasses.dataclass(frozen=True)
class Service:
    """Who runs the engine: a service manager, ``hand``, or nobody (empty)."""

    manager: str = ""
    pid: int = 0
    command: tuple[str, ...] = ()
    is_enabled: bool = True
    is_masked: bool = False


@dataclasses.dataclass(frozen=True)
class EngineFacts:
    """The engine as it is; ``version`` and ``info`` are its API's answers, empty without one."""

    config: ConfigFile = ConfigFile()
    service: Service = Service()
    version: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)
    info: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)
    containers: tuple[str, ...] = ()
    has_data: bool = False

    @property
    def runs(self) -> bool:
        return bool(self.service.manager)

    @property
    def answers(self) -> bool:
        return bool(self.version)

    @property
    def data_root(self) -> str:
        return str(
            self.info.get("DockerRootDir") or self.config.values.get("data-root") or DATA_ROOT
        )
