# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Published ports, written as Compose's short syntax: one text a port."""

from __future__ import annotations

import dataclasses
import re
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.codec import read_text
from ansible_collections.slipway.docker.plugins.module_utils.core.field import Codec

PROTOCOLS = ("tcp", "udp", "sctp")
RANGE = re.compile(r"([0-9]+)(?:-([0-9]+))?\Z")
ACCEPTED = "ports like 80, 8080:80, 127.0.0.1:8080:80/udp or 8000-8005:9000-9005, from 1 to 65535"
KEYS = {"target", "published", "protocol", "host_ip", "mode", "name", "app_protocol"}


@dataclasses.dataclass(frozen=True)
class Port:
    """One published port; ``published`` may be a range, or empty, where the engine picks one."""

    target: int
    published: str = ""
    protocol: str = "tcp"
    host_ip: str = ""

    def __str__(self) -> str:
        address = "[{0}]".format(self.host_ip) if ":" in self.host_ip else self.host_ip
        parts = (
            [address, self.published, str(self.target)]
            if address
            else [self.published, str(self.target)]
        )
        text = ":".join(parts if address or self.published else parts[-1:])
        return text if self.protocol == "tcp" else "{0}/{1}".format(text, self.protocol)


def read_ports(value: t.Any) -> list[str]:
    """Ports in the short syntax, ranges taken apart, sorted."""
    if not isinstance(value, (list, tuple)):
        raise ValueError("a list of " + ACCEPTED)
    return sorted({str(port) for each in value for port in _read_each(each)})


def parse(text: str) -> Port:
    """One port out of a canonical text."""
    return next(_read_each(text))


def _read_each(value: t.Any) -> t.Iterator[Port]:
    if isinstance(value, dict):
        if set(value) - KEYS or not value.get("target"):
            raise ValueError("a mapping with target, published, protocol, host_ip")
        yield from _ports(
            value["target"], value.get("published"), value.get("protocol"), value.get("host_ip")
        )
        return
    text, _slash, protocol = read_text(value).partition("/")
    rest, _colon, target = text.rpartition(":")
    address, _colon, published = rest.rpartition(":")
    yield from _ports(target, published, protocol, address)


def _ports(target: t.Any, published: t.Any, protocol: t.Any, host_ip: t.Any) -> t.Iterator[Port]:
    protocol = read_text(protocol or "tcp").lower()
    address = read_text(host_ip or "").strip("[]")
    if protocol not in PROTOCOLS or "/" in address:
        raise ValueError(ACCEPTED)
    first, last = _range(read_text(target), lowest=1)
    if published in (None, "", 0, "0"):
        yield from (Port(number, "", protocol, address) for number in range(first, last + 1))
        return
    start, end = _range(read_text(published), lowest=0)
    if end - start == last - first:
        yield from (
            Port(first + step, str(start + step), protocol, address)
            for step in range(last - first + 1)
        )
    elif first == last:
        yield Port(first, "{0}-{1}".format(start, end), protocol, address)
    else:
        raise ValueError(ACCEPTED)


def _range(text: str, lowest: int) -> tuple[int, int]:
    match = RANGE.match(text)
    first, last = (
        (int(match.group(1)), int(match.group(2) or match.group(1))) if match else (-1, -1)
    )
    if not lowest <= first <= last <= 65535:
        raise ValueError(ACCEPTED)
    return first, last


def write(value: t.Sequence[str], body: dict[str, t.Any]) -> None:
    """Publish the ports, and expose them, without which the engine publishes nothing."""
    bindings: dict[str, list[dict[str, str]]] = {}
    for port in map(parse, value):
        key = "{0}/{1}".format(port.target, port.protocol)
        bindings.setdefault(key, []).append({"HostIp": port.host_ip, "HostPort": port.published})
        body["Config"].setdefault("ExposedPorts", {})[key] = {}
    body["HostConfig"]["PortBindings"] = bindings


def take(host: t.Mapping[str, t.Any]) -> list[str] | None:
    """The ports that were asked to be published."""
    found = [
        {
            "target": key.partition("/")[0],
            "protocol": key.partition("/")[2],
            "published": binding.get("HostPort"),
            "host_ip": binding.get("HostIp"),
        }
        for key, bindings in (host.get("PortBindings") or {}).items()
        for binding in bindings or ()
    ]
    return read_ports(found) or None


PORTS = Codec({"type": "list", "elements": "raw"}, read_ports)
