# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a policy for published ports says, and to whom it opens a port."""

from __future__ import annotations

import ipaddress
import re
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.field import (
    Codec,
    Effect,
    Field,
)

Policy = t.Mapping[str, t.Any]
ALLOW, DENY = "allow", "deny"
DEFAULTS = (ALLOW, DENY)
PROTOCOLS = ("tcp", "udp", "sctp")
PORT = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?(?:/([a-z]+))?\Z")
# As iptables takes it: a plus at the end stands for any further signs.
INTERFACE = re.compile(r"[A-Za-z0-9_.:-]{1,14}[A-Za-z0-9_.:+-]?\Z")


def read(value: t.Any) -> dict[str, t.Any]:
    """The policy in one spelling; nothing where nothing is said."""
    said = _mapping(value, KEYS)
    policy = {
        name: one(said[name]) for name, one in KEYS.items() if said.get(name) not in (None, [])
    }
    return {"default": DENY, **policy} if policy else {}


def admitted(policy: Policy, port: int, protocol: str) -> tuple[str, ...] | None:
    """From where a published port can be reached; None means from everywhere."""
    rules = [
        rule
        for rule in policy.get("allow", ())
        if any(_covers(ports, port, protocol) for ports in rule["ports"])
    ]
    if not rules:
        return None if policy["default"] == ALLOW else ()
    if any("from" not in rule for rule in rules):
        return None
    return tuple(dict.fromkeys(source for rule in rules for source in rule["from"]))


def read_port(text: t.Any) -> str:
    """A port or a range, with its protocol, which is Compose's tcp where none is said."""
    match = PORT.match(str(text).strip())
    if match:
        low, high, protocol = (
            int(match.group(1)),
            int(match.group(2) or match.group(1)),
            match.group(3),
        )
        if 0 < low <= high < 65536 and (protocol or PROTOCOLS[0]) in PROTOCOLS:
            span = str(low) if low == high else "{0}-{1}".format(low, high)
            return "{0}/{1}".format(span, protocol or PROTOCOLS[0])
    problem = "published ports of the host such as 443, 53/udp or 8000-8100 (found {0!r})"
    raise ValueError(problem.format(text))


def read_source(text: t.Any) -> str:
    """An address or a network of either family."""
    try:
        return str(ipaddress.ip_network(str(text).strip()))
    except ValueError as error:
        raise ValueError("addresses and networks in from ({0})".format(error)) from None


def _read_interface(text: t.Any) -> str:
    if not INTERFACE.match(str(text)):
        raise ValueError("names of interfaces (found {0!r})".format(text))
    return str(text)


def _read_default(text: t.Any) -> str:
    if text not in DEFAULTS:
        raise ValueError("allow or deny as default (found {0!r})".format(text))
    return str(text)


def _read_rule(value: t.Any) -> dict[str, t.Any]:
    rule = _mapping(value, ("ports", "from"))
    ports = _list(rule.get("ports"), read_port)
    if not ports:
        raise ValueError("at least one of ports in each rule of allow")
    sources = _list(rule.get("from"), read_source)
    return {"ports": ports, "from": sources} if sources else {"ports": ports}


def _mapping(value: t.Any, known: t.Collection[str]) -> dict[str, t.Any]:
    names = ", ".join(known)
    if not isinstance(value, dict) or set(value) - set(known):
        raise ValueError("a mapping of {0} (found {1!r})".format(names, value))
    return value


def _list(value: t.Any, read_one: t.Callable[[t.Any], t.Any]) -> list[t.Any]:
    members = value if isinstance(value, (list, tuple)) else [] if value is None else [value]
    read_members = [read_one(member) for member in members]
    return [one for number, one in enumerate(read_members) if one not in read_members[:number]]


def _covers(ports: str, port: int, protocol: str) -> bool:
    span, _slash, of = ports.partition("/")
    low, _dash, high = span.partition("-")
    return of == protocol and int(low) <= port <= int(high or low)


KEYS: dict[str, t.Callable[[t.Any], t.Any]] = {
    "default": _read_default,
    "interfaces": lambda value: _list(value, _read_interface),
    "allow": lambda value: _list(value, _read_rule),
}
FIELD = Field("published_ports", Codec({"type": "raw"}, read), effect=Effect.UPDATE)
