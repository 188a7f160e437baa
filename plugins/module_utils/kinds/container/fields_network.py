# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of how a container is reached, and what it reaches."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.codec import (
    LIST,
    TEXT,
    read_list,
    read_text,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.field import (
    Codec,
    Effect,
    Field,
    as_set,
    joined,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.networks import (
    NETWORKS,
    read_address,
    read_mac,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.ports import PORTS


def read_hosts(value: t.Any) -> dict[str, list[str]]:
    """Host names to their addresses, from a mapping or a list of `name=address`."""
    pairs = value.items() if isinstance(value, dict) else map(_host, read_list(value))
    hosts: dict[str, list[str]] = {}
    for name, addresses in pairs:
        hosts.setdefault(read_text(name), []).extend(
            address.strip("[]") for address in read_list(addresses)
        )
    return hosts


def _host(text: str) -> tuple[str, str]:
    name, sign, address = text.partition("=") if "=" in text else text.partition(":")
    if not (name and sign and address):
        raise ValueError("name=address, like db=10.0.0.5")
    return name, address


def hosts_to_engine(value: t.Mapping[str, t.Sequence[str]]) -> list[str]:
    """The engine's list of `name:address`."""
    return [
        "{0}:{1}".format(name, address)
        for name, addresses in value.items()
        for address in addresses
    ]


def read_servers(value: t.Any) -> list[str]:
    """Addresses of name servers."""
    return [read_address(address) for address in read_list(value)]


def read_mode(value: t.Any) -> str:
    """A network mode; `default` is the engine's word for its bridge."""
    text = read_text(value)
    if text.startswith("service:"):
        raise ValueError(
            "none, host, bridge, container:NAME or a network; service:NAME is for Compose files"
        )
    return "bridge" if text == "default" else text


def read_expose(value: t.Any) -> list[str]:
    """Ports without their protocol where that is tcp; a range is all of its ports."""
    return [port for member in read_list(value) for port in _ports(member.lower())]


def _ports(text: str) -> list[str]:
    numbers, _slash, protocol = text.partition("/")
    low, _dash, high = numbers.partition("-")
    if (
        not numbers.replace("-", "", 1).isdigit()
        or not 1 <= int(low or 0) <= int(high or low) <= 65535
    ):
        raise ValueError("ports from 1 to 65535, like 8080, 53/udp or 3000-3005")
    suffix = "/" + protocol if protocol and protocol != "tcp" else ""
    return [str(number) + suffix for number in range(int(low), int(high or low) + 1)]


def expose_to_engine(value: t.Sequence[str]) -> dict[str, t.Any]:
    """The engine's set of ports."""
    return {port if "/" in port else port + "/tcp": {} for port in value}


def read_links(value: t.Any) -> list[str]:
    """Links as `container:alias`."""
    return [link if ":" in link else "{0}:{0}".format(link) for link in read_list(value)]


HOSTS = Codec(
    {"type": "raw"}, read_hosts, hosts_to_engine, lambda value: read_hosts(value) if value else None
)
SERVERS = Codec(
    {"type": "list", "elements": "str"},
    read_servers,
    from_engine=lambda value: read_servers(value) if value else None,
)
MODE = Codec({"type": "str"}, read_mode, from_engine=lambda value: read_mode(value or "default"))
EXPOSE = Codec(
    {"type": "list", "elements": "str"},
    read_expose,
    expose_to_engine,
    lambda value: read_expose(sorted(value or ())),
)
LINKS = Codec({"type": "list", "elements": "str"}, read_links)
MAC = Codec({"type": "str"}, read_mac)

NETWORK = (
    Field("hostname", TEXT, ("Config", "Hostname")),
    Field("domainname", TEXT, ("Config", "Domainname")),
    Field("network_mode", MODE, ("HostConfig", "NetworkMode")),
    Field(
        "networks",
        NETWORKS,
        effect=Effect.RECONNECT,
        merge=lambda default, wanted: wanted or default,
    ),
    Field("mac_address", MAC),
    Field("ports", PORTS, match=as_set, aliases=("published_ports",)),
    Field(
        "expose",
        EXPOSE,
        ("Config", "ExposedPorts"),
        match=as_set,
        merge=joined,
        aliases=("exposed_ports",),
    ),
    Field("links", LINKS, match=as_set),
    Field("extra_hosts", HOSTS, ("HostConfig", "ExtraHosts"), aliases=("etc_hosts",)),
    Field("dns", SERVERS, ("HostConfig", "Dns"), aliases=("dns_servers",)),
    Field("dns_opt", LIST, ("HostConfig", "DnsOptions"), aliases=("dns_opts",)),
    Field("dns_search", LIST, ("HostConfig", "DnsSearch"), aliases=("dns_search_domains",)),
)
