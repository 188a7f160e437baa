# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a container waits for before it starts, and who waits for it before it goes."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Request, Step
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import (
    Resource,
    identity,
    look_up,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.situation import (
    Situation,
)

STARTED, HEALTHY, COMPLETED = "service_started", "service_healthy", "service_completed_successfully"
VERBS = {STARTED: "await running", HEALTHY: "await healthy", COMPLETED: "await completed"}
JOINED = ("network_mode", "ipc", "pid")
STARTS = ("start", "start new", "restart", "unpause")
WAIT_TIMEOUT = 300


def waits(situation: Situation) -> list[Step]:
    """The steps that wait for what a start depends on, where that isn't so already."""
    steps = (
        _wait(situation, name, how)
        for name, how in situation.wanted.options.get("depends_on", {}).items()
    )
    return [step for step in steps if step is not None]


def _wait(situation: Situation, name: str, how: t.Mapping[str, t.Any]) -> Step | None:
    request = situation.request
    condition = how.get("condition") or STARTED
    if condition == STARTED and _steps(situation, name).intersection(STARTS):
        return None
    if not request.is_there_by_then("container", name):
        if not how.get("required", True):
            return None
        raise InputError(
            "{0}.depends_on".format(situation.wanted.identity),
            "container {0} isn't there".format(name),
            "declare it in the same plan, or set required: false",
        )
    if _is_met(request, name, condition):
        return None
    verb = VERBS[condition]
    if not how.get("required", True):
        verb = verb.replace("await", "await possibly", 1)
    payload = {
        "timeout": situation.wanted.options.get("wait_timeout", WAIT_TIMEOUT),
        "for": situation.wanted.name,
    }
    cause = "{0} depends on it".format(situation.wanted.identity)
    needs = (*made(name), *started(name))
    return Step(verb, "container", name, cause, needs=needs, payload=payload)


def _is_met(request: Request, name: str, condition: str) -> bool:
    if identity("container", name) in request.coming:
        return False
    found = look_up(request.snapshot, "container", name)
    if found is None or "inspect" not in found.facts:
        return False
    other = Situation(Request(Resource("container", name), found, snapshot=request.snapshot))
    return {
        STARTED: other.running,
        HEALTHY: other.is_healthy and "Health" in other.state,
        COMPLETED: other.completed,
    }[condition]


def made(name: str) -> tuple[str, ...]:
    """The steps after which a container is there under its name."""
    return tuple("{0} container {1}".format(verb, name) for verb in ("create", "promote"))


def started(name: str) -> tuple[str, ...]:
    """The steps after which a container runs."""
    return tuple("{0} container {1}".format(verb, name) for verb in STARTS)


def partners(fields: t.Mapping[str, t.Any]) -> list[str]:
    """The containers whose namespaces or volumes a container shares, and those it is linked to."""
    names = hosts(fields)
    names += [
        member.partition(":")[0]
        for member in (*fields.get("volumes_from", ()), *fields.get("links", ()))
    ]
    return list(dict.fromkeys(names))


def before_creation(situation: Situation) -> tuple[str, ...]:
    """What has to be there before the container can be made."""
    fields = situation.fields
    volumes = (
        mount["source"]
        for mount in fields.get("volumes", {}).values()
        if mount["type"] == "volume" and "source" in mount
    )
    return (
        identity("image", fields.get("image", "")),
        *(identity("network", name) for name in fields.get("networks", {})),
        *(identity("volume", name) for name in volumes),
        *(key for name in partners(fields) for key in made(name)),
    )


def before_start(situation: Situation) -> tuple[str, ...]:
    """What has to run, be healthy or be done before the container can start."""
    awaited = tuple(step.key for step in waits(situation))
    names = (*situation.wanted.options.get("depends_on", {}), *partners(situation.fields))
    return (*awaited, *(key for name in names for key in (*made(name), *started(name))))


def before_end(situation: Situation, *verbs: str) -> tuple[str, ...]:
    """The steps that end what depends on the container, which come before it ends itself."""
    return tuple(
        "{0} container {1}".format(verb, name)
        for name, _how in situation.dependents
        for verb in verbs
    )


def restarted(situation: Situation) -> str:
    """Why a container that runs has to be started again: what it depends on or lives in is."""
    depends = situation.wanted.options.get("depends_on", {})
    following = [name for name, how in depends.items() if how.get("restart")]
    for name in (*following, *hosts(situation.fields)):
        if _steps(situation, name).intersection(("start", "start new", "restart")):
            return "container {0} is started anew".format(name)
    return ""


def remade(situation: Situation) -> str:
    """Why a container has to be made anew: the one whose namespaces it lives in is another."""
    for name in hosts(situation.fields):
        if "recreate" in _steps(situation, name):
            return "container {0} is made anew".format(name)
    return ""


def _steps(situation: Situation, name: str) -> set[str]:
    known = identity("container", name)
    return {step.verb for step in situation.request.earlier if step.identity == known}


def hosts(fields: t.Mapping[str, t.Any]) -> list[str]:
    """The containers whose namespaces a container lives in."""
    joined = (str(fields.get(name) or "").partition(":") for name in JOINED)
    return [other for word, _colon, other in joined if word == "container"]
