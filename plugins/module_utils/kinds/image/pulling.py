# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When an image is pulled: where it is missing, or its registry has another one by now."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Request, Step
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import ENGINE, Found
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.causes import cause, effect
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.reference import parse
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.registry import (
    answer,
    digest_or_refuse,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.wanted import policy_of

MISSING = "not found"


def plan_pull(request: Request) -> list[Step]:
    """Pull what is missing or differs."""
    wanted = request.wanted
    why = cause(request, why_pull(request, wanted.name, policy_of(wanted), request.found))
    payload = pull_payload(wanted.name, wanted.fields.get("platform") or "")
    step = request.step("pull", why, effect=effect(request.found), payload=payload)
    return [step] if why else []


def why_pull(request: Request, name: str, policy: str, found: Found | None) -> str:
    """Why a name is to be pulled; empty where it isn't, an error where it can't."""
    if found is None:
        _refuse_unpullable(request, name, policy)
    elif policy != "always" or parse(name).digest or parse(name).id:
        return ""
    told = answer(request.snapshot, name)
    if told is None or ("problem" in told and _engine_comes(request)):
        return MISSING if found is None else "policy: always"
    digest = digest_or_refuse(request.wanted.identity, name, told, is_held=found is not None)
    if found is None:
        return MISSING
    held = "{0}@{1}".format(parse(name).repository, digest) in _digests(found)
    return "" if held else "its registry has {0}".format(digest[:19])


def pull_payload(name: str, platform: str) -> dict[str, t.Any]:
    """What a pull sends."""
    reference = parse(name)
    return {
        "repository": reference.repository,
        "version": reference.version,
        "registry": reference.registry,
        "platform": platform,
    }


def _refuse_unpullable(request: Request, name: str, policy: str) -> None:
    if policy != "never" and not parse(name).id:
        return
    why = "its policy is pull: never" if policy == "never" else "an id can't be pulled"
    problem = "{0!r} isn't on this host, and {1}".format(name, why)
    hint = "load or build it first, or name it by a tag"
    raise InputError(request.wanted.identity, problem, hint)


def _engine_comes(request: Request) -> bool:
    """Whether the engine comes up anew in this plan: it may trust other registries then."""
    return ENGINE in request.coming or ENGINE in request.expected


def _digests(found: Found) -> t.Collection[str]:
    return found.facts.get("RepoDigests") or ()
