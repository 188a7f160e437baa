# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the rules about keys of daemon.json look at, and how one of them complains."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.facts import (
    EngineFacts,
    HostFacts,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.fields import KEYS
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.key import (
    has_reached,
    is_before,
)


@dataclasses.dataclass(frozen=True)
class View:
    """The file as it would be, foreign keys included, and the engine that would read it."""

    file: t.Mapping[str, t.Any]
    version: str = ""
    host: HostFacts = HostFacts()
    engine: EngineFacts = EngineFacts()

    def get(self, name: str, default: t.Any = None) -> t.Any:
        """The value of a key; the default where it isn't set, or can't be read."""
        try:
            value = self.file.get(name)
            return default if value is None else KEYS[name].type.read(value)
        except ValueError:
            return default

    def is_before(self, version: str) -> bool:
        """Whether the engine is known to be older than a version."""
        return is_before(self.version, version)

    def has_reached(self, version: str) -> bool:
        """Whether the engine is known to be of a version or newer."""
        return has_reached(self.version, version)

    @property
    def in_swarm(self) -> bool:
        swarm = self.engine.info.get("Swarm") or {}
        return swarm.get("LocalNodeState") in ("active", "pending", "locked", "error")

    @property
    def cgroup_driver(self) -> str:
        """The driver that is asked for, or the one that the engine took by itself."""
        prefix = "native.cgroupdriver="
        asked = [each for each in self.get("exec-opts", []) if each.startswith(prefix)]
        return asked[-1][len(prefix) :] if asked else str(self.engine.info.get("CgroupDriver", ""))


@dataclasses.dataclass(frozen=True)
class Complaint:
    """What can't be: in which key (and where below it), why, what to do; ``others``: keys in it."""

    key: str
    problem: str
    hint: str
    others: tuple[str, ...] = ()
    place: str = ""

    @property
    def keys(self) -> frozenset[str]:
        return frozenset((self.key, *self.others))


Rule = t.Callable[[View], t.Iterable[Complaint]]
