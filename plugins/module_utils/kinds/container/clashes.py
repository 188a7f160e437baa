# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Host ports that two containers can't both have."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Found, Resource
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.ports import (
    Port,
    parse,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.situation import (
    STARTED,
    Situation,
)

EVERY = ("", "0.0.0.0", "::")


def bound(texts: t.Iterable[str]) -> list[Port]:
    """The ports that need one certain port of the host."""
    return [port for port in map(parse, texts) if port.published.isdigit()]


def clash(one: Port, other: Port) -> bool:
    """Whether two ports can't both be published; number, protocol and address count."""
    if (one.published, one.protocol) != (other.published, other.protocol):
        return False
    if not one.host_ip or not other.host_ip:
        return True
    if (":" in one.host_ip) != (":" in other.host_ip):
        return False
    return one.host_ip == other.host_ip or one.host_ip in EVERY or other.host_ip in EVERY


def refuse_shared_ports(wanted: t.Iterable[Resource]) -> None:
    """Refuse two wanted containers on one port of the host."""
    taken: list[tuple[Port, Resource]] = []
    for resource in wanted:
        for port in bound(resource.fields.get("ports", ())) if resource.state == STARTED else ():
            for other, owner in taken:
                if clash(port, other):
                    raise InputError(
                        "{0}.ports".format(resource.identity),
                        "{0} is on the same port of the host as {1} of {2}".format(
                            port, other, owner.identity
                        ),
                        "give one of them another published port or address",
                    )
            taken.append((port, resource))


def refuse_taken_ports(situation: Situation) -> None:
    """Refuse a port that another running container has, unless this plan may free it."""
    for name, other, port in _holders(situation):
        if not (other.owned or other.facts.get("wanted")):
            raise InputError(
                "{0}.ports".format(situation.wanted.identity),
                "{0} is taken by container {1}".format(port, name),
                "publish another port, or stop it: docker stop {0}".format(name),
            )


def freed(situation: Situation) -> tuple[str, ...]:
    """The steps of other containers after which our ports are free."""
    names = {name for name, _other, _port in _holders(situation)}
    return tuple(
        "{0} container {1}".format(verb, name)
        for name in sorted(names)
        for verb in ("stop old", "stop")
    )


def _holders(situation: Situation) -> t.Iterator[tuple[str, Found, Port]]:
    mine = bound(situation.fields.get("ports", ())) if situation.runs else []
    for name, other in situation.request.snapshot.get("container", {}).items() if mine else ():
        if other.id == situation.id:
            continue
        for theirs in _published(other):
            yield from ((name, other, port) for port in mine if clash(port, theirs))


def _published(found: Found) -> list[Port]:
    summary = found.facts.get("summary")
    if summary is None:
        running = (found.facts.get("inspect", {}).get("State") or {}).get("Running")
        return bound(found.fields.get("ports", ())) if running else []
    return [
        Port(
            port["PrivatePort"],
            str(port["PublicPort"]),
            port.get("Type", "tcp"),
            port.get("IP", ""),
        )
        for port in summary.get("Ports") or ()
        if port.get("PublicPort")
    ]
