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


def observe(outside: t.Any, survey: Survey) -> dict[str, Found]:
    """The networks of the engine by name."""
    networks = {
        network["Name"]: _found(network, survey.owner)
        for network in outside.engine.get("/networks")
    }
    version = outside.engine.version
    for wanted in survey.wanted:
        network = networks.get(wanted.name)
        if network is not None:
            networks[wanted.name] = _with_endpoints(outside, wanted, network)
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


def _with_endpoints(outside: t.Any, wanted: Resource, network: Found) -> Found:
    """Endpoints cost a call a container, so they are asked for only where the network may have to go."""
    same = all(network.fields.get(name) == value for name, value in wanted.fields.items())
    if same and set(network.record) <= set(wanted.fields) and wanted.state != "absent":
        return network
    return _with_fact(network, "endpoints", endpoints(outside, network))


def endpoints(outside: t.Any, network: Found) -> dict[str, dict[str, t.Any]]:
    """By container name how each container, running or not, is connected."""
    attached = outside.engine.get("/containers/json", all=True, filters={"network": [network.id]})
    details = (
        outside.engine.get("/containers/{0}/json", container["Id"]) for container in attached
    )
    return {
        container["Name"].lstrip("/"): _endpoint(container, network.name)
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
