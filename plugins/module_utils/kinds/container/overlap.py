# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What two containers can't have at once, so that start-first is refused."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Found, Resource
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.clashes import bound
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.depends import hosts
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.situation import (
    START_FIRST,
    STOP_FIRST,
    Situation,
    update_config,
)

ADDRESSES = ("ipv4_address", "ipv6_address", "mac_address", "link_local_ips")
ORDERS = (STOP_FIRST, START_FIRST)
ACCEPTED: dict[str, tuple[t.Callable[[t.Any], bool], str]] = {
    "order": (lambda value: value in ORDERS, " or ".join(ORDERS)),
    "parallelism": (lambda value: isinstance(value, int) and value >= 0, "a whole number from 0"),
    "delay": (lambda value: isinstance(value, (int, float)) and value >= 0, "seconds"),
    "replicas": (lambda value: isinstance(value, list), "the names of all replicas"),
}
Reason = t.Tuple[str, str]


def refuse_order(wanted: Resource) -> None:
    """Refuse what no update_config says, and start-first for what can't be there twice."""
    config = update_config(wanted)
    order = config.get("order", STOP_FIRST)
    for key, value in config.items():
        _accept("{0}.update_config.{1}".format(wanted.identity, key), key, value)
    if wanted.options.get("monitor") is not None:
        _accept("{0}.monitor".format(wanted.identity), "delay", wanted.options["monitor"])
    for field, problem in _there_once(wanted.fields) if order == START_FIRST else ():
        raise _refusal(wanted, field, problem)


def _accept(where: str, key: str, value: t.Any) -> None:
    accepts, accepted = ACCEPTED.get(key, (lambda value: False, ", ".join(ACCEPTED)))
    if not accepts(value):
        raise InputError(where, "found {0!r}".format(value), "accepted: " + accepted)


def _there_once(fields: t.Mapping[str, t.Any]) -> t.Iterator[Reason]:
    for port in bound(fields.get("ports", ())):
        yield "ports", "{0} is on one certain port of the host".format(port)
    for name, end in fields.get("networks", {}).items():
        for key in ADDRESSES:
            if end.get(key):
                yield "networks.{0}.{1}".format(name, key), "{0} is one address".format(end[key])
    if fields.get("mac_address"):
        yield "mac_address", "{0} is one address".format(fields["mac_address"])
    mode = str(fields.get("network_mode") or "default")
    if mode == "host" or ":" in mode:
        yield "network_mode", "with {0} both would listen on the same ports".format(mode)


def refuse_lodgers(wanted: t.Sequence[Resource]) -> None:
    """Refuse start-first for a container whose namespaces another wanted one lives in."""
    landlords = {
        resource.name: resource
        for resource in wanted
        if update_config(resource).get("order") == START_FIRST
    }
    for lodger in wanted if landlords else ():
        for name in hosts(lodger.fields):
            if name in landlords:
                raise _refusal(landlords[name], "", "{0} lives in it".format(lodger.identity))


def refuse_strange_lodgers(situation: Situation) -> None:
    """Refuse start-first where a container that is not wanted here lives in the old one."""
    if situation.overlaps:
        for name, other in situation.request.snapshot["container"].items():
            if _mode(other) == "container:{0}".format(situation.id):
                raise _refusal(situation.wanted, "", "container {0} lives in it".format(name))


def _mode(found: Found) -> str:
    seen = found.facts.get("inspect") or found.facts.get("summary") or {}
    return str((seen.get("HostConfig") or {}).get("NetworkMode", ""))


def _refusal(wanted: Resource, field: str, problem: str) -> InputError:
    return InputError(
        "{0}.{1}".format(wanted.identity, field) if field else wanted.identity,
        "{0}, so two can't run side by side".format(problem),
        "take it out, or set order: stop-first in update_config",
    )
