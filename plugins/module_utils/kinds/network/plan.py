# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What it takes to have a network as wanted: its endpoints come back, or the old network does."""

from __future__ import annotations

import ipaddress
import re
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.diff import worst
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.core.field import Effect, to_engine
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import (
    AWAIT,
    Request,
    Step,
    chain,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import (
    Found,
    Resource,
    look_up,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.labels import creation_labels
from ansible_collections.slipway.docker.plugins.module_utils.kinds.network.fields import FIELDS
from ansible_collections.slipway.docker.plugins.module_utils.kinds.network.observe import (
    LEFT,
    End,
    Endpoints,
    Left,
)

NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]*\Z")
PREDEFINED = ("bridge", "host", "none")


def check(wanted: Resource) -> None:
    """Refuse names and addresses that the engine would refuse."""
    if not NAME.match(wanted.name):
        raise InputError(
            wanted.identity,
            "a name that Docker refuses",
            "letters, digits, '_', '.' and '-', a letter or digit first",
        )
    if wanted.name in PREDEFINED and not wanted.options.get("external"):
        raise InputError(wanted.identity, "this network is the engine's own", "choose another name")
    for pool in wanted.fields.get("ipam", {}).get("config", ()):
        _check_pool(wanted.identity, pool)


def _check_pool(where: str, pool: t.Mapping[str, t.Any]) -> None:
    try:
        subnet = ipaddress.ip_network(pool["subnet"]) if "subnet" in pool else None
        inside = [pool[key] for key in ("gateway", "ip_range") if key in pool]
        inside += pool.get("aux_addresses", {}).values()
        networks = [ipaddress.ip_network(address, strict=False) for address in inside]
    except ValueError as error:
        raise InputError(
            "{0}.ipam".format(where), str(error), "write a subnet as 172.28.0.0/16"
        ) from None
    for network in networks:
        if subnet is not None and (
            network.version != subnet.version or network.network_address not in subnet
        ):
            raise InputError("{0}.ipam".format(where), "{0} is not in {1}".format(network, subnet))


def plan(request: Request) -> list[Step]:
    """Create, remove, or replace with every endpoint restored."""
    wanted, found = request.wanted, request.found
    if wanted.options.get("external"):
        return _must_be_there(request)
    if wanted.state == "absent":
        return _removal(request, found) if found else []
    left = _left(request)
    if found is None:
        made = request.step("create", undo="discard", lasting=True, payload=creation(request))
        return chain([made, *_returns(request, left.ends, LEFT), *_forget(request, left)])
    if not request.changes:
        return chain([*_returns(request, left.ends, LEFT), *_forget(request, left)])
    return [*_replacement(request, found, left.ends), *_forget(request, left)]


def _left(request: Request) -> Left:
    known = look_up(request.snapshot, "network", LEFT)
    return known.facts[request.wanted.name] if known else Left()


def _forget(request: Request, left: Left) -> list[Step]:
    # It changes nothing that anybody sees, so it is no more to be told than a wait is.
    payload = {"containers": left.settled}
    verb = "{0} settled".format(AWAIT)
    return [request.step(verb, LEFT, payload=payload)] if left.settled else []


def creation(request: Request) -> dict[str, t.Any]:
    """The body that creates the network."""
    return _body(request.wanted.name, request.wanted.fields, creation_labels(request))


def _body(
    name: str, fields: t.Mapping[str, t.Any], labels: t.Mapping[str, str]
) -> dict[str, t.Any]:
    body = to_engine(FIELDS, {"driver": "bridge", **fields})
    return {"CheckDuplicate": True, **body, "Name": name, "Labels": dict(labels)}


def _removal(request: Request, found: Found) -> list[Step]:
    return [
        request.step(
            "remove",
            request.cause or "state: absent",
            needs=("container",),
            final=True,
            payload={"id": found.id},
        )
    ]


def _replacement(request: Request, found: Found, owed: Endpoints) -> list[Step]:
    effect = worst(request.changes)
    ends: Endpoints = found.facts["endpoints"]
    old = _body(found.name, found.fields, found.facts["network"].get("Labels") or {})
    leave = [
        request.step(
            "disconnect {0} from".format(name),
            "it is made anew",
            undo="reconnect",
            effect=effect,
            payload=_payload(end),
        )
        for name, end in sorted(ends.items())
    ]
    swap = [
        request.step("remove", undo="restore", effect=effect, payload={"id": found.id, "old": old}),
        request.step(
            "create",
            "in the old one's place",
            undo="discard",
            effect=effect,
            payload=creation(request),
        ),
    ]
    back = _returns(request, {**owed, **ends}, "as it was", effect)
    return chain([*leave, *swap, *back])


def _returns(
    request: Request, ends: Endpoints, cause: str, effect: Effect | None = None
) -> list[Step]:
    return [
        request.step(
            "connect {0} to".format(name),
            cause,
            effect=effect,
            undo="disconnect",
            payload=_payload(end),
        )
        for name, end in sorted(ends.items())
    ]


def _payload(end: End) -> dict[str, t.Any]:
    return {"container": end.container, "endpoint": end.body, "is_owed": not end.is_ours}


def _must_be_there(request: Request) -> list[Step]:
    if request.is_there_by_then("network", request.wanted.name):
        return []
    raise InputError(
        request.wanted.identity,
        "declared as external, but it isn't there",
        "create it first: docker network create {0}".format(request.wanted.name),
    )
