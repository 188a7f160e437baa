# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is seen of the host and of its engine."""

from __future__ import annotations

import dataclasses
import re
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.kernel.live import Kernel
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.ports.live import Live

DOCKER = "docker"
HOST = "host"
CONFIG_PATH = "/etc/docker/daemon.json"
NOTE_PATH = "/var/lib/slipway/engine.json"
DATA_ROOT = "/var/lib/docker"
BY_HAND = "hand"
# An engine with remapped users tells the directory of these.
REMAPPED = re.compile(r"/\d+\.\d+$")


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
    ``versions``: the packages that a change of the engine's version or source replaced; ``came``:
    those that came in their place. ``held``: the packages that we hold; ``repository``: the digest
    of what we declared of Docker's repository.
    ``ranges``: the accounts and subordinate ids that we made for remapped users.
    ``moving``: the data root that is being moved, and where to; ``contents``: what the engine held
    in it.
    ``placed``: options whose files are in place, and that the host may not have taken up yet.
    """

    users: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    pending: str = ""
    engine: int = 0
    before: str | None = None
    files: tuple[Placed, ...] = ()
    versions: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    came: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    repository: str = ""
    moving: tuple[str, ...] = ()
    contents: tuple[str, ...] | None = None
    ranges: tuple[str, ...] = ()
    placed: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class RepositoryFacts:
    """Docker's repository as the host declares it.

    ``source`` and ``key_text``: our files, None where there is none; ``key``: the fingerprint of the
    key. ``rivals``: the address of each repository that others declared, and where.
    """

    source: str | None = None
    key_text: str | None = None
    key: str = ""
    rivals: tuple[tuple[str, str], ...] = ()


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
    ``kernel``: modules and settings, those that are asked for.
    ``ports``: the rules for published ports, where a policy is declared.
    ``unit``: the engine's unit in all its files, where a port matters; ``slots``: those that hold a certificate
    of its API, by its digest.
    ``is_held_back``: a killed installation left the policy by which no package starts the engine.
    ``remap``: whose ids containers shall run with, and what of that isn't there.
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
    manager: str = "apt"
    held: tuple[str, ...] = ()
    repository: RepositoryFacts = RepositoryFacts()
    remap: t.Any = None
    ports: Live = Live()
    kernel: Kernel = Kernel()
    unit: str = ""
    slots: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
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
class Move:
    """A data root that has to go elsewhere: what it takes, and what room there is.

    ``held``: what the engine held in it, None where it couldn't be asked. ``room``: of the target its
    real path, file system, free bytes and files, and what it holds.
    """

    source: str
    target: str
    bytes: int
    files: int
    room: t.Any
    held: tuple[str, ...] | None = None


@dataclasses.dataclass(frozen=True)
class EngineFacts:
    """The engine as it is; ``version`` and ``info`` are its API's answers, empty without one.

    ``move``: where its data root has to go, None where it stays.
    ``published``: container, port and protocol of what can be reached from elsewhere.
    """

    config: ConfigFile = ConfigFile()
    service: Service = Service()
    version: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)
    info: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)
    containers: tuple[str, ...] = ()
    published: tuple[tuple[str, int, str], ...] = ()
    has_data: bool = False
    move: Move | None = None

    @property
    def runs(self) -> bool:
        return bool(self.service.manager)

    @property
    def answers(self) -> bool:
        return bool(self.version)

    @property
    def keeps_containers(self) -> bool:
        """Whether containers run on while the engine doesn't."""
        return bool(self.info.get("LiveRestoreEnabled"))

    @property
    def data_root(self) -> str:
        """The directory of all that it holds, which is its own even with remapped users."""
        told = REMAPPED.sub("", str(self.info.get("DockerRootDir") or ""))
        return told or str(self.config.values.get("data-root") or DATA_ROOT)
