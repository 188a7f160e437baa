# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Networks as the engine has them, with the endpoints of those that differ from what is wanted."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.field import from_engine
from ansible_collections.slipway.docker.plugins.module_utils.core.kind import Survey
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Found, Resource
from ansible_collections.slipway.docker.plugins.module_utils.kinds.labels import is_owned, record_in
from ansible_collections.slipway.docker.plugins.module_utils.kinds.network.fields import FIELDS

KEPT = ("IPAMConfig", "Links", "Aliases", "DriverOpts", "MacAddress", "GwPriority")

# What a killed run left stands under a name that no network has.
LEFT = "left by an interrupted run"


@dataclasses.dataclass(frozen=True)
class End:
    """How a container (by its id) is connected, as the engine takes it.

    ``is_ours``: its own plan connects it again, should this one be cut short.
    """

    container: str
    body: t.Mapping[str, t.Any]
    is_ours: bool = False


# By the container's name.
Endpoints = t.Dict[str, End]


@dataclasses.dataclass(frozen=True)
class Left:
    """What a killed run left of a network: ends to give back, and containers that lack none."""

    ends: Endpoints = dataclasses.field(default_factory=dict)
    settled: tuple[str, ...] = ()


def observe(outside: t.Any, survey: Survey) -> dict[str, Found]:
    """The networks of the engine by name."""
    networks = {
        network["Name"]: _found(network, survey.owner)
        for network in outside.engine.get("/networks")
    }
    owed = {wanted.name: left(outside, wanted.name) for wanted in survey.wanted}
    networks[LEFT] = Found("network", LEFT, facts=owed)
    version = outside.engine.version
    for wanted in survey.wanted:
        network = networks.get(wanted.name)
        if network is not None:
            networks[wanted.name] = _with_endpoints(outside, wanted, network, survey.owner)
    return {name: _with_fact(network, "api_version", version) for name, network in networks.items()}


def _found(network: t.Mapping[str, t.Any], owner: str) -> Found:
    labels = network.get("Labels")
    return Found(
        "network",
        network["Name"],
        network["Id"],
        from_engine(FIELDS, network),
        record=record_in(labels),
        owned=is_owned(labels, owner),
        facts={"network": network, "endpoints": {}},
    )


def _with_endpoints(outside: t.Any, wanted: Resource, network: Found, owner: str) -> Found:
    """Endpoints cost a call a container, so they are asked for only where the network may have to go."""
    same = all(network.fields.get(name) == value for name, value in wanted.fields.items())
    if same and set(network.record) <= set(wanted.fields) and wanted.state != "absent":
        return network
    return _with_fact(network, "endpoints", endpoints(outside, network, owner))


def left(outside: t.Any, network: str) -> Left:
    """What a killed run wrote down of a network: what it took, and what needs no mending."""
    owed = outside.loose_ends.of(network)
    details = {id: outside.engine.get("/containers/{0}/json", id) for id in owed}
    found = {id: container for id, container in details.items() if container}
    ends = {
        container["Name"].lstrip("/"): End(id, owed[id])
        for id, container in found.items()
        if network not in container["NetworkSettings"]["Networks"]
    }
    taken = {end.container for end in ends.values()}
    # One that isn't on this engine may be on another.
    return Left(ends, tuple(sorted(set(found) - taken)))


def endpoints(outside: t.Any, network: Found, owner: str) -> Endpoints:
    """By container name how each container, running or not, is connected."""
    attached = outside.engine.get("/containers/json", all=True, filters={"network": [network.id]})
    details = (
        outside.engine.get("/containers/{0}/json", container["Id"]) for container in attached
    )
    return {
        container["Name"].lstrip("/"): End(
            container["Id"],
            _endpoint(container, network.name),
            is_owned((container.get("Config") or {}).get("Labels"), owner),
        )
        for container in details
        if container and network.name in container["NetworkSettings"]["Networks"]
    }


def _endpoint(container: t.Mapping[str, t.Any], name: str) -> dict[str, t.Any]:
    endpoint = container["NetworkSettings"]["Networks"][name]
    kept = {key: endpoint[key] for key in KEPT if endpoint.get(key)}
    # Engines before 26 add the container's short id to its aliases, and add it anew when it is connected.
    kept["Aliases"] = [alias for alias in kept.get("Aliases", ()) if alias != container["Id"][:12]]
    if not kept.get("IPAMConfig"):
        kept.pop("MacAddress", None)
    return kept


def _with_fact(found: Found, name: str, value: t.Any) -> Found:
    return dataclasses.replace(found, facts={**found.facts, name: value})
