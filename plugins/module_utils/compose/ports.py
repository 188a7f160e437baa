# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The short form of a published port: `[[address:]host:]container[/protocol]`, ranges included."""

from __future__ import annotations

import ipaddress
import typing as t

PROTOCOLS = ("tcp", "udp", "sctp")
ACCEPTED = (
    "[[address:]host port:]container port[/protocol], ports from 1 to 65535 or ranges of them"
)
Range = t.Tuple[int, int]


def parse_port(text: str) -> list[dict[str, t.Any]]:
    """The long forms of a short form, one a container port; ValueError says what is wrong."""
    address, host, container = _split(text)
    container, protocol = _protocol(container)
    if not container:
        raise ValueError("no container port")
    targets = read_range(container, "container port", 1)
    hosts = read_range(host, "host port", 0) if host else None
    if hosts and targets[0] != targets[1] and targets[1] - targets[0] != hosts[1] - hosts[0]:
        raise ValueError("the ranges {0} and {1} differ in length".format(host, container))
    address = read_address(address)
    numbers = sorted(range(targets[0], targets[1] + 1), key=str)
    return [_long(address, hosts, targets, number, protocol) for number in numbers]


def _long(
    address: str, hosts: Range | None, targets: Range, number: int, protocol: str
) -> dict[str, t.Any]:
    port: dict[str, t.Any] = {"mode": "ingress", "target": number, "protocol": protocol}
    if address:
        port["host_ip"] = address
    if hosts:
        port["published"] = _published(hosts, targets, number)
    return port


def _published(hosts: Range, targets: Range, number: int) -> str:
    if targets[0] == targets[1] and hosts[0] != hosts[1]:
        return "{0}-{1}".format(*hosts)
    return str(hosts[0] + number - targets[0])


def _split(text: str) -> tuple[str, str, str]:
    parts = text.split(":")
    if len(parts) < 3:
        return "", parts[0] if len(parts) == 2 else "", parts[-1]
    return ":".join(parts[:-2]), parts[-2], parts[-1]


def _protocol(container: str) -> tuple[str, str]:
    port, _sign, rest = container.partition("/")
    protocol = (rest.partition("/")[0] or "tcp").lower()
    if port and protocol not in PROTOCOLS:
        raise ValueError("the protocol {0!r} is none of {1}".format(protocol, ", ".join(PROTOCOLS)))
    return port, protocol


def read_range(text: str, what: str, least: int) -> Range:
    """The first and the last port of a text; raises ValueError with what is wrong."""
    first, sign, last = text.partition("-")
    found = (_number(first, what, least), _number(last if sign else first, what, least))
    if found[0] > found[1]:
        raise ValueError("the {0} range {1} runs backwards".format(what, text))
    return found


def _number(text: str, what: str, least: int) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError("the {0} {1!r} isn't a number".format(what, text))
    if not least <= int(text) <= 65535:
        raise ValueError("the {0} {1} isn't from {2} to 65535".format(what, text, least))
    return int(text)


def read_address(text: str) -> str:
    """An address without brackets; raises ValueError where it isn't one."""
    bare = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    if not bare:
        return ""
    try:
        ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        raise ValueError("the address {0!r} isn't an IP address".format(text)) from None
    return bare
