# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of a container's fields, and its translation both ways."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core import field
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container import (
    blkio,
    fields_isolation,
    fields_network,
    fields_process,
    fields_resources,
    fields_storage,
    mount_bodies,
    networks,
    ports,
    security,
)

FIELDS = (
    *fields_process.PROCESS,
    *fields_network.NETWORK,
    *fields_storage.STORAGE,
    *fields_resources.RESOURCES,
    *fields_isolation.ISOLATION,
)
Values = t.Mapping[str, t.Any]
Body = t.Dict[str, t.Any]


def to_engine(values: Values) -> Body:
    """What creates a container: `Config`, `HostConfig` and `NetworkingConfig`."""
    body = field.to_engine(FIELDS, values)
    body.setdefault("Config", {})
    body.setdefault("HostConfig", {})
    for name, write in WRITERS.items():
        if values.get(name) is not None:
            write(values, body)
    return body


def from_engine(inspect: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """What a container is, out of the engine's answer to an inspect."""
    values = field.from_engine(FIELDS, inspect)
    values.update({name: take(inspect) for name, take in TAKERS.items()})
    return {name: value for name, value in values.items() if value is not None}


def endpoints(values: Values) -> dict[str, dict[str, t.Any]]:
    """By network how the container is connected."""
    wanted = values.get("networks") or {}
    links = values.get("links") or ()
    mac_address = values.get("mac_address") or ""
    return {
        name: networks.endpoint(said, links, mac_address if name == networks.first(wanted) else "")
        for name, said in wanted.items()
    }


def _write_image(values: Values, body: Body) -> None:
    body["Config"]["Image"] = values["image"]


def _write_networks(values: Values, body: Body) -> None:
    if values["networks"]:
        name = networks.first(values["networks"])
        body["HostConfig"]["NetworkMode"] = name
        body["NetworkingConfig"] = {"EndpointsConfig": {name: endpoints(values)[name]}}


def _write_links(values: Values, body: Body) -> None:
    if not values.get("networks"):
        body["HostConfig"]["Links"] = list(values["links"])


def _write_mac(values: Values, body: Body) -> None:
    body["Config"]["MacAddress"] = values["mac_address"]


def _take_links(inspect: t.Mapping[str, t.Any]) -> list[str] | None:
    found = (inspect.get("NetworkSettings") or {}).get("Networks") or {}
    links = [link for end in found.values() for link in (end or {}).get("Links") or ()]
    # The engine spells its own links `/db:/web/database`.
    for link in (inspect.get("HostConfig") or {}).get("Links") or ():
        name, _colon, alias = link.partition(":")
        links.append("{0}:{1}".format(name.lstrip("/"), alias.rpartition("/")[2]))
    return sorted(set(links)) or None


def _host(inspect: t.Mapping[str, t.Any]) -> t.Mapping[str, t.Any]:
    return inspect.get("HostConfig") or {}


WRITERS: dict[str, t.Callable[[Values, Body], None]] = {
    "image": _write_image,
    "networks": _write_networks,
    "links": _write_links,
    "mac_address": _write_mac,
    "ports": lambda values, body: ports.write(values["ports"], body),
    "volumes": lambda values, body: mount_bodies.write(values["volumes"], body["HostConfig"]),
    "blkio_config": lambda values, body: blkio.write(values["blkio_config"], body["HostConfig"]),
    "security_opt": lambda values, body: security.write(values["security_opt"], body["HostConfig"]),
}
TAKERS: dict[str, t.Callable[[t.Mapping[str, t.Any]], t.Any]] = {
    "image": lambda inspect: (inspect.get("Config") or {}).get("Image"),
    "networks": networks.take,
    "links": _take_links,
    "mac_address": lambda inspect: (inspect.get("Config") or {}).get("MacAddress") or None,
    "ports": lambda inspect: ports.take(_host(inspect)),
    "volumes": mount_bodies.take,
    "blkio_config": lambda inspect: blkio.take(_host(inspect)),
    "security_opt": lambda inspect: security.take(_host(inspect)),
}
