# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An engine as a snapshot of containers, for plans that are read as a user reads them."""

from __future__ import annotations

import dataclasses
import types
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.converge import (
    Settings,
    converge,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.kind import read
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step
from ansible_collections.slipway.docker.plugins.module_utils.core.record import (
    LABEL,
    digest,
    record,
    to_label,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.report import Report
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Resource
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container import CONTAINER
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.fields import (
    FIELDS,
    endpoints,
    to_engine,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.names import (
    ASKED,
    asked,
)

IMAGE = {
    "Id": "sha256:" + "a" * 64,
    "Os": "linux",
    "Architecture": "amd64",
    "Config": {"Cmd": ["run"]},
}
VOLUME = "f" * 64


def seal(value: t.Any) -> str:
    return digest(b"key", value)


def container(
    name: str, state: str = "started", options: t.Any = None, **fields: t.Any
) -> Resource:
    declared = read(CONTAINER, "container " + name, {"image": "web:1", **fields})
    return Resource("container", name, state, declared, options or {})


@dataclasses.dataclass(frozen=True)
class There:
    """A container that the engine has, made as a user would have declared it."""

    resource: Resource
    status: str = "running"
    code: int = 0
    name: str = ""
    health: str = ""
    mounts: tuple[dict[str, str], ...] = ()
    labels: t.Mapping[str, str] = dataclasses.field(default_factory=dict)

    @property
    def id(self) -> str:
        return (self.name or self.resource.name).encode().hex().ljust(64, "0")

    def inspect(self) -> dict[str, t.Any]:
        """What the engine tells of it, with what engines add on their own."""
        fields = self.resource.fields
        made = to_engine(fields)
        config = {
            "Cmd": ["run"],
            "Env": [],
            "StopSignal": "SIGTERM",
            "Hostname": self.id[:12],
            **made["Config"],
        }
        told = {LABEL: to_label(record(FIELDS, fields, seal)), ASKED: asked(fields)}
        config["Labels"] = {**fields.get("labels", {}), **self.labels, **told}
        mode = next(iter(made.get("NetworkingConfig", {}).get("EndpointsConfig", {})), "default")
        host = {
            "NetworkMode": mode,
            "IpcMode": "private",
            "ShmSize": 64 << 20,
            "Runtime": "runc",
            **made["HostConfig"],
        }
        if host.get("Memory"):
            host.setdefault("MemorySwap", 2 * host["Memory"])
        state = {"Status": self.status, "ExitCode": self.code, "Running": self.status == "running"}
        return {
            "Id": self.id,
            "Name": "/" + (self.name or self.resource.name),
            "Image": IMAGE["Id"],
            "Config": config,
            "HostConfig": host,
            "Mounts": list(self.mounts),
            "State": {**state, **({"Health": {"Status": self.health}} if self.health else {})},
            "NetworkSettings": {"Networks": endpoints(fields) or {"bridge": {}}},
        }

    def summary(self) -> dict[str, t.Any]:
        found = self.inspect()
        return {
            "Id": self.id,
            "Names": [found["Name"]],
            "Labels": found["Config"]["Labels"],
            "Ports": [],
            "State": self.status,
        }


@dataclasses.dataclass(frozen=True)
class Engine:
    """The few answers that an observation asks for."""

    there: tuple[There, ...]
    version: tuple[int, ...] = (1, 41)

    def get(self, path: str, *parts: str, **_params: t.Any) -> t.Any:
        if path == "/containers/json":
            return [each.summary() for each in self.there]
        if path == "/containers/{0}/json":
            return next((each.inspect() for each in self.there if each.id == parts[0]), None)
        if path == "/images/{0}/json":
            return IMAGE if parts[0] in ("web:1", IMAGE["Id"]) else None
        names = [{"Name": name} for name in ("front", "back", "data")]
        return {"Volumes": names} if path == "/volumes" else names


class Memory:
    """No records: what was applied stands in the labels."""

    recall = staticmethod(lambda kind, id: None)
    seal = staticmethod(seal)


def report(
    *wanted: Resource,
    there: t.Sequence[There] = (),
    version: tuple[int, ...] = (1, 41),
    **settings: t.Any,
) -> Report:
    outside = types.SimpleNamespace(engine=Engine(tuple(there), version))
    chosen = Settings(check_mode=True, **settings)
    return converge([CONTAINER], wanted, outside, t.cast(t.Any, Memory()), chosen)


def plan(*wanted: Resource, **how: t.Any) -> list[str]:
    return report(*wanted, **how).plan.lines


def step(made: Report, key: str) -> Step:
    return next(each for each in made.plan.steps if each.key == key)


def verbs(lines: t.Iterable[str]) -> list[str]:
    return [line.partition(" container")[0] for line in lines]


WEB = container("web")
CHANGED = container("web", user="1")
NEW, OLD = "web.slipway-new", "web.slipway-old"
REPLACED = ["recreate", "stop old", "retire", "promote", "start", "await running", "remove old"]
