# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What it takes to have an image as wanted: nothing where its content is there already."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Request, Step
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import look_up
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.building import plan_build
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.causes import (
    cause,
    coming,
    effect,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.payloads import (
    file_payload,
    import_payload,
    tag_payload,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.pulling import plan_pull
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.wanted import (
    listed,
    source_of,
)


def plan(request: Request) -> list[Step]:
    """Pull, build, load, import, tag or remove."""
    wanted = request.wanted
    if wanted.state == "absent":
        return _removal(request)
    if request.found is None and wanted.identity in request.expected:
        return []
    return [_with_way_back(step, request) for step in PLANNERS[source_of(wanted)](request)]


def _with_way_back(step: Step, request: Request) -> Step:
    """The image that had the name has it again; the new one stays, without a name."""
    before = look_up(request.snapshot, "image", step.name)
    if before is None:
        return step
    payload = {**step.payload, "before": tag_payload(before.id, step.name)}
    return dataclasses.replace(step, undo="tag back", lasting=True, payload=payload)


def _removal(request: Request) -> list[Step]:
    payload = {"force": bool(request.wanted.options.get("force"))}
    step = request.step("remove", request.cause or "state: absent", final=True, payload=payload)
    return [step] if request.found is not None else []


def _plan_load(request: Request) -> list[Step]:
    archive, name = request.wanted.options["load"], listed(request.wanted.name)
    ids = {id for held, its in archive["images"].items() if listed(held) == name for id in its}
    is_there = request.found is not None and request.found.id in ids
    changed = "" if is_there else "the archive holds another image"
    return _one_step(request, "load", changed, file_payload(archive))


def _plan_import(request: Request) -> list[Step]:
    is_ours = request.found is None or not request.changes or request.found.record
    changed = "" if is_ours else "the image of that name was not imported here"
    return _one_step(request, "import", changed, import_payload(request))


def _plan_tag(request: Request) -> list[Step]:
    source = request.wanted.options["tag_of"]
    original, anew = look_up(request.snapshot, "image", source), coming(request)
    if original is None and not anew and not request.is_there_by_then("image", source):
        problem = "no image {0!r} to tag".format(source)
        raise InputError(request.wanted.identity, problem, "pull, build or load it first")
    changed = "{0} comes anew".format(anew[0]) if anew else ""
    if not anew and original is not None and request.found is not None:
        is_same = original.id == request.found.id
        changed = "" if is_same else "{0!r} is another image".format(source)
    return _one_step(request, "tag", changed, tag_payload(source, request.wanted.name))


def _one_step(
    request: Request, verb: str, changed: str, payload: t.Mapping[str, t.Any]
) -> list[Step]:
    why = cause(request, changed)
    return [request.step(verb, why, effect=effect(request.found), payload=payload)] if why else []


PLANNERS: dict[str, t.Callable[[Request], list[Step]]] = {
    "pull": plan_pull,
    "build": plan_build,
    "load": _plan_load,
    "import": _plan_import,
    "tag_of": _plan_tag,
}
