# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is seen of a host and of each storage, and where the parts of a storage stand."""

from __future__ import annotations

import dataclasses
import re
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage.mountinfo import Mount

HOST = "@host"
ROOT = "/srv/slipway"
UNITS = "/etc/systemd/system/"
SECRETS = "/etc/slipway/storage/"
STATE = "/var/lib/slipway/storage/"
CACHE = "/var/cache/slipway/"
MARKER, CLAIM = ".slipway-share", ".slipway-writer-"
SAID = re.compile(r"[A-Za-z0-9:_.]")


@dataclasses.dataclass(frozen=True)
class File:
    """A file of the host: its text is None where it isn't there."""

    path: str
    text: str | None = None
    mode: int = 0o644


@dataclasses.dataclass(frozen=True)
class HostSeen:
    """What every storage stands on; ``mounts`` are all of the host, ``identity`` is its own."""

    is_root: bool = True
    user: str = "root"
    has_systemd: bool = True
    system: str = ""
    identity: str = ""
    installed: frozenset[str] = frozenset()
    mounts: tuple[Mount, ...] = ()
    mounts_of_engine: tuple[Mount, ...] = ()
    fstab: frozenset[str] = frozenset()


@dataclasses.dataclass(frozen=True)
class User:
    """A container, and the volumes that it has."""

    name: str
    id: str
    is_running: bool
    volumes: frozenset[str]


@dataclasses.dataclass(frozen=True)
class Answer:
    """What a mounted share says within a bounded time.

    ``problem``: why it says nothing; ``is_late``: it doesn't answer at all, so it may be whole.
    ``marker`` and ``claim`` are None where there is no such file.
    """

    problem: str = ""
    is_late: bool = False
    marker: str | None = None
    claim: str | None = None
    has_directory: bool = False

    @property
    def is_good(self) -> bool:
        return not self.problem


@dataclasses.dataclass(frozen=True)
class Seen:
    """A storage as it is.

    ``layers``: the mounts at its mount point; ``data``: those at the volume's own directory, which
    are there while a container runs with it. ``guard``: the mode of the bare mount point, None
    where there is none. ``litter``: what lies in it although nothing is mounted.
    ``running`` and ``all``: the containers that use its volume, by name their ids.
    ``stopped``: those that an interrupted run has stopped. ``where``: why the source can't be
    reached at all (a name that doesn't resolve, a path that isn't there).
    """

    unit: str = ""
    is_enabled: bool = False
    files: t.Mapping[str, File] = dataclasses.field(default_factory=dict)
    layers: tuple[Mount, ...] = ()
    data: tuple[Mount, ...] = ()
    below: tuple[Mount, ...] = ()
    guard: int | None = None
    litter: tuple[str, ...] = ()
    answer: Answer = Answer()
    running: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    all: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    stopped: tuple[str, ...] = ()
    where: str = ""

    @property
    def is_mounted(self) -> bool:
        return bool(self.layers)

    @property
    def has_old_mount(self) -> bool:
        """Whether containers still look at a file system that is no longer mounted here."""
        return bool(self.data and self.layers) and self.data[-1].device != self.layers[-1].device


def point(name: str) -> str:
    """Where a storage is mounted."""
    return "{0}/{1}".format(ROOT, name)


def device(name: str, subdir: str) -> str:
    """The directory that the volume shows; it is there only while the share is mounted."""
    return "{0}/{1}".format(point(name), subdir)


def mount_unit(name: str) -> str:
    """systemd's own name for the mount unit of a storage."""
    return escape(point(name)) + ".mount"


def service_unit(name: str) -> str:
    """The service that holds a mount by a daemon."""
    return "slipway-storage-{0}.service".format(name)


def units(name: str) -> tuple[str, str]:
    """The units that a storage may have, of which it has one."""
    return mount_unit(name), service_unit(name)


def note(name: str) -> str:
    """The file that says which containers were stopped for a storage."""
    return "{0}{1}.stopped".format(STATE, name)


def drop_in(name: str) -> str:
    """The file by which the engine does not start without the storage."""
    return "{0}docker.service.d/slipway-storage-{1}.conf".format(UNITS, name)


def secret_file(name: str, which: str) -> str:
    """A root-only file of a storage."""
    return "{0}{1}/{2}".format(SECRETS, name, which)


def escape(path: str) -> str:
    """A path as systemd-escape spells it."""
    inner = path.strip("/")
    return "".join(
        "-" if sign == "/" else sign if SAID.match(sign) and (sign, at) != (".", 0)
        else "\\x{0:02x}".format(ord(sign))
        for at, sign in enumerate(inner)
    )  # fmt: skip
