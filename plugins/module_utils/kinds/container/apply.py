# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls that make, start, rename, connect and remove containers."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import (
    EngineError,
    StepError,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.evidence import (
    evidence,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.names import (
    NEW,
    OLD,
    called,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.proving import (
    ACTIONS as WAITS,
)

# Seconds that the engine waits for a container to end where nobody says, and where it is told to
# wait for ever.
USUAL_GRACE, ENDLESS_GRACE = 10, 600


def create(outside: t.Any, step: Step) -> str:
    """Make a container; what the engine would leave out of it is an error."""
    payload = step.payload
    made = outside.engine.post(
        "/containers/create",
        body=payload["body"],
        name=payload["name"],
        platform=payload["platform"],
    )
    discarded = [warning for warning in made.get("Warnings") or () if "discarded" in warning]
    if discarded:
        outside.engine.delete("/containers/{0}", made["Id"], force=True)
        raise StepError(
            step.identity,
            "this engine can't honour it: {0}".format("; ".join(discarded)),
            "take that option out",
        )
    return str(made["Id"])


def start(outside: t.Any, step: Step) -> None:
    """Start the container."""
    try:
        outside.engine.post("/containers/{0}/start", called(step))
    except EngineError as error:
        raise StepError(
            step.identity,
            "it doesn't start: {0}".format(error.problem),
            evidence=evidence(outside, called(step)),
        ) from error


def unmake(outside: t.Any, step: Step) -> None:
    """Take away the container that this step made, and no other that has its name."""
    found = outside.engine.get("/containers/{0}/json", step.name)
    if found and found["Config"]["Labels"].items() >= step.payload["body"]["Labels"].items():
        outside.engine.delete("/containers/{0}", found["Id"], force=True)


def restart(outside: t.Any, step: Step) -> None:
    """Stop and start the container."""
    _end(outside, "/containers/{0}/restart", step.name, step.payload.get("timeout"))


def unpause(outside: t.Any, step: Step) -> None:
    """Let the container go on."""
    outside.engine.post("/containers/{0}/unpause", step.name)


def pause(outside: t.Any, step: Step) -> None:
    """Have the container pause again."""
    outside.engine.post("/containers/{0}/pause", step.name)


def stop(outside: t.Any, step: Step) -> None:
    """Stop the container as it was found."""
    _end(outside, "/containers/{0}/stop", step.payload["id"], step.payload.get("timeout"))


def halt(outside: t.Any, step: Step) -> None:
    """Stop the new container, which didn't prove itself."""
    _end(outside, "/containers/{0}/stop", step.name)


def _end(outside: t.Any, path: str, container: str, timeout: int | None = None) -> None:
    """Have a container end; the answer takes as long as its grace period, and no longer."""
    grace = timeout
    if grace is None:
        found = outside.engine.get("/containers/{0}/json", container) or {}
        grace = (found.get("Config") or {}).get("StopTimeout")
    grace = USUAL_GRACE if grace is None else ENDLESS_GRACE if grace < 0 else grace
    outside.engine.post(path, container, patience=grace, t=timeout)


def start_old(outside: t.Any, step: Step) -> None:
    """Start the container again that was stopped to make way."""
    outside.engine.post("/containers/{0}/start", step.payload["id"])


def update(outside: t.Any, step: Step) -> None:
    """Change what the engine can change in place."""
    outside.engine.post("/containers/{0}/update", step.payload["id"], body=step.payload["body"])


def revert(outside: t.Any, step: Step) -> None:
    """Change back to the values found."""
    outside.engine.post("/containers/{0}/update", step.payload["id"], body=step.payload["before"])


def remove(outside: t.Any, step: Step) -> None:
    """Remove a container by its id, and its anonymous volumes only where that was consented to."""
    outside.engine.delete(
        "/containers/{0}", step.payload["id"], force=True, v=step.payload.get("volumes", False)
    )


def discard_new(outside: t.Any, step: Step) -> None:
    """Remove a replacement that didn't make it, whatever it was called."""
    outside.engine.delete("/containers/{0}", step.payload.get("id") or step.name + NEW, force=True)


def retire(outside: t.Any, step: Step) -> None:
    """Give the old container another name."""
    _rename(outside, step.payload["id"], step.name + OLD)


def reinstate(outside: t.Any, step: Step) -> None:
    """Give the old container its name back, and have it run again where it had to."""
    _rename(outside, step.payload["id"], step.name)
    if step.payload["run"]:
        outside.engine.post("/containers/{0}/start", step.payload["id"])


def promote(outside: t.Any, step: Step) -> None:
    """Give the new container the name."""
    _rename(outside, step.name + NEW, step.name)


def demote(outside: t.Any, step: Step) -> None:
    """Take the name from the new container, if it has it."""
    found = outside.engine.get("/containers/{0}/json", step.name)
    if found and found["Id"] != step.payload["old"]:
        _rename(outside, step.name, step.name + NEW)


def _rename(outside: t.Any, container: str, name: str) -> None:
    found = outside.engine.get("/containers/{0}/json", container) or {}
    if found.get("Name") != "/" + name:
        outside.engine.post("/containers/{0}/rename", container, name=name)


def connect(outside: t.Any, step: Step) -> None:
    """Connect the container to a network."""
    body = {"Container": step.payload["container"], "EndpointConfig": step.payload["endpoint"]}
    outside.engine.post("/networks/{0}/connect", step.payload["network"], body=body)


def disconnect(outside: t.Any, step: Step) -> None:
    """Disconnect the container from a network."""
    body = {"Container": step.payload["container"], "Force": True}
    outside.engine.post("/networks/{0}/disconnect", step.payload["network"], body=body)


ACTIONS: dict[str, t.Callable[[t.Any, Step], t.Any]] = {
    "create": create,
    "recreate": create,
    "start": start,
    "start new": start,
    "restart": restart,
    "unpause": unpause,
    "unmake": unmake,
    "pause": pause,
    "stop": stop,
    "update": update,
    "revert": revert,
    "remove": remove,
    "connect": connect,
    "disconnect": disconnect,
    "reconnect": connect,
    "stop old": stop,
    "stop left": stop,
    "start old": start_old,
    "retire": retire,
    "reinstate": reinstate,
    "promote": promote,
    "demote": demote,
    "halt": halt,
    "remove old": remove,
    "discard": remove,
    "clear": remove,
    "discard new": discard_new,
    **WAITS,
}
