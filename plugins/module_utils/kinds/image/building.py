# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When an image is built: where what it is made of, or what it stands on, has changed."""

from __future__ import annotations

import json
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Request, Step
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import (
    Found,
    identity,
    look_up,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.causes import (
    cause,
    coming,
    effect,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.fields import BASES_LABEL
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.payloads import (
    build_payload,
    tag_payload,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.pulling import (
    MISSING,
    pull_payload,
    why_pull,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.wanted import (
    listed,
    related,
    tags_of,
)


def plan_build(request: Request) -> list[Step]:
    """Build what has changed, its bases brought first; a base that is missing matters only then."""
    bases = related(request.wanted)
    fresh = _base_steps(request, [base for base in bases if _is_refreshed(request, base)], "always")
    why = cause(request, _what_changed(request, fresh))
    if not why:
        return _plan_tags(request)
    missing = [base for base in bases if _is_missing(request, base)]
    needs = tuple(identity("image", base) for base in bases)
    payload = build_payload(request)
    build = request.step("build", why, needs=needs, effect=effect(request.found), payload=payload)
    return [*fresh, *_base_steps(request, missing, "missing"), build]


def bases_in(labels: t.Mapping[str, str] | None) -> dict[str, str]:
    """The ids of the bases on which an image was built, by name."""
    try:
        bases = json.loads((labels or {}).get(BASES_LABEL) or "{}")
    except ValueError:
        return {}
    return bases if isinstance(bases, dict) else {}


def _what_changed(request: Request, fresh: t.Sequence[Step]) -> str:
    found = request.found
    if found is None:
        return ""
    if request.changes:
        return request.why if found.record else "the image of that name was not built here"
    anew = [*coming(request), *(step.identity for step in fresh)]
    if anew:
        return "its base {0} comes anew".format(anew[0])
    changed = [base for base in related(request.wanted) if _has_changed(request, found, base)]
    return "its base image {0} changed".format(changed[0]) if changed else ""


def _has_changed(request: Request, found: Found, base: str) -> bool:
    """Whether a base is no longer the image on which this one was built."""
    stood_on = bases_in((found.facts.get("Config") or {}).get("Labels"))
    now = look_up(request.snapshot, "image", base)
    return now is not None and base in stood_on and stood_on[base] != now.id


def _base_steps(request: Request, bases: t.Iterable[str], policy: str) -> t.Sequence[Step]:
    steps = []
    platform = request.wanted.fields.get("platform") or ""
    for base in bases:
        why = why_pull(request, base, policy, look_up(request.snapshot, "image", base))
        why = "base of {0}".format(request.wanted.identity) if why == MISSING else why
        if why:
            steps.append(Step("pull", "image", base, why, payload=pull_payload(base, platform)))
    return steps


def _is_refreshed(request: Request, base: str) -> bool:
    """Whether a base that is there is to be what its registry has by now."""
    asks = bool(request.wanted.options["build"].get("pull"))
    is_there = look_up(request.snapshot, "image", base) is not None
    return asks and is_there and _is_alone(request, base)


def _is_missing(request: Request, base: str) -> bool:
    return _is_alone(request, base) and not request.is_there_by_then("image", base)


def _is_alone(request: Request, base: str) -> bool:
    """Whether nothing else in the plan sees to a base."""
    return listed(base) not in {listed(need.partition(" ")[2]) for need in request.wanted.needs}


def _plan_tags(request: Request) -> list[Step]:
    why = "another name of {0}".format(request.wanted.identity)
    return [
        Step("tag", "image", name, why, payload=tag_payload(request.wanted.name, name))
        for name in tags_of(request.wanted)
        if not _is_same(request.found, look_up(request.snapshot, "image", name))
    ]


def _is_same(found: Found | None, other: Found | None) -> bool:
    return found is not None and other is not None and found.id == other.id
