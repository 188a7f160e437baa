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
    """Connect a container as it was connected before."""
    body = {"Container": step.payload["container"], "EndpointConfig": step.payload["endpoint"]}
    outside.engine.post("/networks/{0}/connect", step.name, body=body)


def disconnect(outside: t.Any, step: Step) -> None:
    """Disconnect a container, running or not."""
    body = {"Container": step.payload["container"], "Force": True}
    outside.engine.post("/networks/{0}/disconnect", step.name, body=body)


ACTIONS = {
    "create": create,
    "discard": discard,
    "remove": remove,
    "restore": restore,
    "connect": connect,
    "reconnect": connect,
    "disconnect": disconnect,
}
