# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A container's networks: Compose's words, the engine's endpoints."""

from __future__ import annotations

import ipaddress
import re
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.codec import (
    read_integer,
    read_list,
    read_mapping,
    read_text,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.field import Codec, put

MAC = re.compile(r"([0-9a-f]{2}:){5}[0-9a-f]{2}\Z")
IFNAME = "com.docker.network.endpoint.ifname"
ACCEPTED = "a list of networks, or a mapping of networks to aliases, ipv4_address, ..."

Endpoint = t.Mapping[str, t.Any]


def read_address(value: t.Any, version: int = 0) -> str:
    """An IP address as it is usually written."""
    try:
        address = ipaddress.ip_address(read_text(value))
    except ValueError:
        address = None
    if address is None or version not in (0, address.version):
        raise ValueError("an IP{0} address".format("v{0}".format(version) if version else ""))
    return str(address)


def read_mac(value: t.Any) -> str:
    """A hardware address in small letters, with colons."""
    text = read_text(value).lower().replace("-", ":")
    if text and not MAC.match(text):
        raise ValueError("a MAC address like 02:42:ac:11:65:43")
    return text


def _addresses(value: t.Any) -> list[str]:
    return sorted(map(read_address, read_list(value)))


READERS: dict[str, t.Callable[[t.Any], t.Any]] = {
    "aliases": lambda value: sorted(set(read_list(value))),
    "ipv4_address": lambda value: read_address(value, 4),
    "ipv6_address": lambda value: read_address(value, 6),
    "link_local_ips": _addresses,
    "mac_address": read_mac,
    "driver_opts": read_mapping,
    "interface_name": read_text,
    "priority": read_integer,
    "gw_priority": read_integer,
}
# Where an endpoint keeps what we say; a priority says only which network comes first.
PATHS = {
    "aliases": ("Aliases",),
    "ipv4_address": ("IPAMConfig", "IPv4Address"),
    "ipv6_address": ("IPAMConfig", "IPv6Address"),
    "link_local_ips": ("IPAMConfig", "LinkLocalIPs"),
    "mac_address": ("MacAddress",),
    "gw_priority": ("GwPriority",),
}


def read_networks(value: t.Any) -> dict[str, dict[str, t.Any]]:
    """Networks by name, each with what is said of its endpoint."""
    if isinstance(value, (list, tuple)):
        value = dict(_listed(each) for each in value)
    if not isinstance(value, dict):
        raise ValueError(ACCEPTED)
    return {read_text(name): _read_endpoint(said or {}) for name, said in value.items()}


def _listed(each: t.Any) -> tuple[str, t.Any]:
    if isinstance(each, dict):
        return each.get("name", ""), {key: part for key, part in each.items() if key != "name"}
    return each, None


def _read_endpoint(said: t.Any) -> dict[str, t.Any]:
    if not isinstance(said, dict) or set(said) - set(READERS):
        raise ValueError("networks with {0}".format(", ".join(READERS)))
    read = {key: READERS[key](part) for key, part in said.items() if part is not None}
    return {key: part for key, part in read.items() if part}


def first(networks: t.Mapping[str, Endpoint]) -> str:
    """The network that a container is made on: of the highest priority, or first by name."""
    return min(networks, key=lambda name: (-networks[name].get("priority", 0), name))


def endpoint(
    said: Endpoint, links: t.Sequence[str] = (), mac_address: str = ""
) -> dict[str, t.Any]:
    """The engine's configuration of an endpoint."""
    body: dict[str, t.Any] = {}
    for key, path in PATHS.items():
        if key in said:
            put(body, path, said[key])
    options = {
        **said.get("driver_opts", {}),
        **({IFNAME: said["interface_name"]} if "interface_name" in said else {}),
    }
    if options:
        body["DriverOpts"] = options
    if links:
        body["Links"] = list(links)
    if mac_address and "MacAddress" not in body:
        body["MacAddress"] = mac_address
    return body


def take(inspect: t.Mapping[str, t.Any]) -> dict[str, dict[str, t.Any]]:
    """The networks that a container is on, by name."""
    mode = (inspect.get("HostConfig") or {}).get("NetworkMode", "")
    if mode in ("host", "none") or mode.startswith("container:"):
        return {}
    found = (inspect.get("NetworkSettings") or {}).get("Networks") or {}
    return {name: said_of(end or {}, inspect.get("Id", "")) for name, end in found.items()}


def said_of(found: Endpoint, container: str) -> dict[str, t.Any]:
    """What was said of an endpoint; engines before 26 add the container's short id as an alias."""
    addresses = found.get("IPAMConfig") or {}
    options = dict(found.get("DriverOpts") or {})
    name = options.pop(IFNAME, None)
    return _read_endpoint(
        {
            "aliases": [alias for alias in found.get("Aliases") or () if alias != container[:12]],
            "ipv4_address": addresses.get("IPv4Address") or None,
            "ipv6_address": addresses.get("IPv6Address") or None,
            "link_local_ips": addresses.get("LinkLocalIPs") or (),
            "mac_address": found.get("MacAddress") or None,
            "driver_opts": options,
            "interface_name": name,
            "gw_priority": found.get("GwPriority") or None,
        }
    )


NETWORKS = Codec({"type": "raw"}, read_networks)
