# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is refused before anything is touched."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import REMOVE
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Resource
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.clashes import (
    refuse_taken_ports,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.depends import partners
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.fields import FIELDS
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.names import (
    NAME,
    NEW,
    OLD,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.networks import first
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.overlap import (
    refuse_order,
    refuse_strange_lodgers,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.situation import (
    Situation,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.labels import RESERVED

MEMORY_AT_LEAST = 6 << 20
PREDEFINED = ("bridge", "host", "none")
Fields = t.Mapping[str, t.Any]


def check(wanted: Resource) -> None:
    """Refuse what no engine would take, or what contradicts itself."""
    if not NAME.match(wanted.name):
        raise InputError(
            wanted.identity,
            "a name that Docker refuses",
            "two or more of letters, digits, '_', '.' and '-', a letter or digit first",
        )
    if wanted.name.endswith((NEW, OLD)):
        raise InputError(
            wanted.identity,
            "a name that is ours while a container is replaced",
            "choose another one",
        )
    refuse_order(wanted)
    for field, problem, hint in _contradictions(wanted.fields):
        raise InputError("{0}.{1}".format(wanted.identity, field), problem, hint)


def _contradictions(fields: Fields) -> t.Iterator[tuple[str, str, str]]:
    if fields.get("networks") and fields.get("network_mode"):
        yield "network_mode", "it stands beside networks", "give one of them"
    if fields.get("network_mode") == "host" and fields.get("ports"):
        yield (
            "ports",
            "nothing is published with network_mode: host",
            "take ports out; what the container listens on is the host's",
        )
    if fields.get("cpus") and (fields.get("cpu_period") or fields.get("cpu_quota")):
        yield "cpus", "it stands beside cpu_period or cpu_quota", "give one of them"
    memory = fields.get("mem_limit") or 0
    if 0 < memory < MEMORY_AT_LEAST:
        yield (
            "mem_limit",
            "{0} bytes are too little to start".format(memory),
            "the engine accepts 6m and more",
        )
    if (fields.get("memswap_limit") or 0) > 0 and not memory:
        yield (
            "memswap_limit",
            "it stands without mem_limit",
            "it is memory and swap together, so set both",
        )
    if 0 < (fields.get("memswap_limit") or 0) < memory:
        yield "memswap_limit", "it is less than mem_limit", "it is memory and swap together"
    if memory and (fields.get("mem_reservation") or 0) > memory:
        yield "mem_reservation", "it is more than mem_limit", "reserve no more than the limit"
    for label in fields.get("labels", {}):
        if label.startswith(RESERVED):
            yield (
                "labels.{0}".format(label),
                "the name is reserved",
                "choose one that doesn't begin with {0}".format(", ".join(RESERVED)),
            )


def refuse(situation: Situation) -> None:
    """Refuse what this engine can't do, and what refers to something that won't be there."""
    wanted, fields = situation.wanted, situation.fields
    if not fields.get("image"):
        if situation.found is None:
            raise InputError(
                wanted.identity,
                "there is no such container, and no image to make it of",
                "set image",
            )
        return
    _refuse_too_new(situation)
    _refuse_missing(situation)
    _refuse_volumes_made_anew(situation)
    refuse_taken_ports(situation)
    refuse_strange_lodgers(situation)


def _refuse_missing(situation: Situation) -> None:
    wanted, fields, request = situation.wanted, situation.fields, situation.request
    image = fields["image"]
    if image not in situation.engine.get("images", {}) and not request.is_there_by_then(
        "image", image
    ):
        raise InputError(
            "{0}.image".format(wanted.identity),
            "image {0!r} isn't there".format(image),
            "set pull_policy: missing, or build it first",
        )
    for kind, field, names in (
        ("network", "networks", fields.get("networks", {})),
        ("network", "network_mode", _mode_network(fields)),
        ("volume", "volumes", _volumes(fields)),
        ("container", "", partners(fields)),
    ):
        for name in names:
            known = situation.engine.get(kind + "s", ())
            if name not in known and not request.is_there_by_then(kind, name):
                raise InputError(
                    "{0}.{1}".format(wanted.identity, field or _referring(fields, name)),
                    "{0} {1!r} isn't there".format(kind, name),
                    "create it first, with slipway.docker.{0}".format(kind),
                )


def _refuse_volumes_made_anew(situation: Situation) -> None:
    """A volume is removed to be made anew, and no engine removes one that a container still has."""
    mounted = {mount.get("Name") for mount in situation.inspect.get("Mounts") or ()}
    # Without a mount the steps so far are not walked: a first plan may be long.
    for step in situation.request.earlier if mounted else ():
        if (step.kind, step.verb) == ("volume", REMOVE) and step.name in mounted:
            raise InputError(
                "{0}.volumes".format(situation.wanted.identity),
                "volume {0!r} is to be made anew, which no engine does under a container".format(
                    step.name
                ),
                "give the volume another name, or take the container away first (state: absent)",
            )


def _mode_network(fields: Fields) -> list[str]:
    mode = fields.get("network_mode") or "bridge"
    return [] if mode in PREDEFINED or ":" in mode else [mode]


def _volumes(fields: Fields) -> list[str]:
    return [
        mount["source"]
        for mount in fields.get("volumes", {}).values()
        if mount["type"] == "volume" and "source" in mount
    ]


def _referring(fields: Fields, name: str) -> str:
    return next(
        field
        for field in ("network_mode", "ipc", "pid", "volumes_from", "links")
        if name in repr(fields.get(field))
    )


def _refuse_too_new(situation: Situation) -> None:
    version: tuple[int, ...] = situation.engine.get("version", ())
    spoken = ".".join(map(str, version))
    for path, since in needed_versions(situation.fields) if version else ():
        if tuple(map(int, since.split("."))) > version:
            raise InputError(
                "{0}.{1}".format(situation.wanted.identity, path),
                "it needs API {0}, and this engine speaks {1}".format(since, spoken),
                "take it out, or upgrade the engine",
            )


def needed_versions(fields: Fields) -> t.Iterator[tuple[str, str]]:
    """The paths of a declaration that not every engine knows, with their API versions."""
    yield from (
        (field.name, field.since) for field in FIELDS if field.since and fields.get(field.name)
    )
    if "start_interval" in fields.get("healthcheck", {}):
        yield "healthcheck.start_interval", "1.44"
    networks = fields.get("networks", {})
    for name, end in networks.items():
        since = {
            "gw_priority": "1.48",
            "interface_name": "1.48",
            "mac_address": "" if name == first(networks) else "1.44",
        }
        yield from (
            ("networks.{0}.{1}".format(name, key), since[key]) for key in end if since.get(key)
        )
    for target, mount in fields.get("volumes", {}).items():
        yield from (
            ("volumes.{0}.{1}".format(target, part), since)
            for part, since in _mount_versions(mount)
        )


def _mount_versions(mount: Fields) -> t.Iterator[tuple[str, str]]:
    bind = mount.get("bind", {})
    if mount["type"] == "image":
        yield "type", "1.48"
    if "subpath" in mount.get("volume", {}):
        yield "volume.subpath", "1.45"
    if bind.get("recursive") in ("writable", "readonly"):
        yield "bind.recursive", "1.44"
    if (
        mount["type"] == "bind"
        and bind.get("create_host_path", True)
        and ("recursive" in bind or ":" in mount["source"])
    ):
        yield "bind.create_host_path", "1.42"
