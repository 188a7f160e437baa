# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls that make, remove and connect networks."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step


def create(outside: t.Any, step: Step) -> str:
    """Make the network."""
    return str(outside.engine.post("/networks/create", body=dict(step.payload))["Id"])


def discard(outside: t.Any, step: Step) -> None:
    """Take back the network that this step made, and no other that has its name."""
    found = outside.engine.get("/networks/{0}", step.name)
    if found and (found.get("Labels") or {}) == step.payload["Labels"]:
        outside.engine.delete("/networks/{0}", found["Id"])


def remove(outside: t.Any, step: Step) -> None:
    """Remove the network as it was found."""
    outside.engine.delete("/networks/{0}", step.payload["id"])


def restore(outside: t.Any, step: Step) -> None:
    """Make the old network anew; its endpoints are restored by their own steps."""
    outside.engine.post("/networks/create", body=dict(step.payload["old"]))


def connect(outside: t.Any, step: Step) -> None:
    """Connect a container as it was connected before, and owe it that no more."""
    container = step.payload["container"]
    body = {"Container": container, "EndpointConfig": step.payload["endpoint"]}
    outside.engine.post("/networks/{0}/connect", step.name, body=body)
    outside.loose_ends.drop(step.name, container)


def disconnect(outside: t.Any, step: Step) -> None:
    """Disconnect a container, running or not; how a foreign one was is written down first."""
    container = step.payload["container"]
    if step.payload["is_owed"]:
        outside.loose_ends.add(step.name, container, step.payload["endpoint"])
    body = {"Container": container, "Force": True}
    outside.engine.post("/networks/{0}/disconnect", step.name, body=body)


def settled(outside: t.Any, step: Step) -> None:
    """Forget what a killed run wrote down, where nothing is to be mended."""
    for container in step.payload["containers"]:
        outside.loose_ends.drop(step.name, container)


ACTIONS = {
    "create": create,
    "discard": discard,
    "remove": remove,
    "restore": restore,
    "connect": connect,
    "reconnect": connect,
    "disconnect": disconnect,
    "await settled": settled,
}
