# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What it takes to have a volume as wanted: a holder's data is never given up by the way."""

from __future__ import annotations

import dataclasses
import re
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.core.field import Effect, to_engine
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import (
    REMOVE,
    Request,
    Step,
    plan_whole,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Found, Resource
from ansible_collections.slipway.docker.plugins.module_utils.kinds.labels import creation_labels
from ansible_collections.slipway.docker.plugins.module_utils.kinds.volume.fields import FIELDS

NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+\Z")


def check(wanted: Resource) -> None:
    """Refuse a name that the engine would refuse."""
    if not NAME.match(wanted.name):
        raise InputError(
            wanted.identity,
            "a name that Docker refuses",
            "two or more of letters, digits, '_', '.' and '-', a letter or digit first",
        )


def plan(request: Request) -> list[Step]:
    """Create, remove, or (with consent) make anew."""
    if request.wanted.options.get("external"):
        return _must_be_there(request)
    found = request.found
    if found is None:
        return plan_whole(request, creation(request))
    if is_pointer(found):
        request = dataclasses.replace(request, changes=tuple(map(_cheaper, request.changes)))
    steps = plan_whole(request, creation(request))
    if request.wanted.state != "absent":
        return [_with_way_back(step, found) for step in steps]
    effect = None if is_pointer(found) else Effect.DESTROY
    return [dataclasses.replace(step, effect=effect, final=True) for step in steps]


def creation(request: Request) -> dict[str, t.Any]:
    """The body that creates the volume."""
    body = to_engine(FIELDS, {"driver": "local", **request.wanted.fields})
    labels = creation_labels(request)
    return {
        "Name": request.wanted.name,
        "Driver": body["Driver"],
        "DriverOpts": body.get("Options", {}),
        "Labels": labels,
    }


def is_pointer(volume: Found) -> bool:
    """Whether the data lies elsewhere, so that removing the volume loses none."""
    return "device" in volume.fields.get("driver_opts", {})


def _with_way_back(step: Step, old: Found) -> Step:
    if step.verb != REMOVE:
        return step
    # Without its volume a container would be given an empty one by the engine, silently.
    body = {
        "Name": old.name,
        "Driver": old.facts["Driver"],
        "DriverOpts": old.facts.get("Options") or {},
        "Labels": old.facts.get("Labels") or {},
    }
    is_final = step.effect is Effect.DESTROY
    return dataclasses.replace(step, undo="restore", final=is_final, payload=body)


def _cheaper(change: t.Any) -> t.Any:
    return dataclasses.replace(change, effect=Effect.RECREATE)


def _must_be_there(request: Request) -> list[Step]:
    if request.is_there_by_then("volume", request.wanted.name):
        return []
    raise InputError(
        request.wanted.identity,
        "declared as external, but it isn't there",
        "create it first: docker volume create {0}".format(request.wanted.name),
    )
