# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What registries say of images: a digest, that there is none, or nothing at all."""

from __future__ import annotations

import concurrent.futures
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import (
    EngineError,
    InputError,
    Unreachable,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import (
    Found,
    Snapshot,
    look_up,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.reference import parse

PATIENCE = 20.0
TOGETHER = 16
ABSENT, DENIED, UNKNOWN = "absent", "denied", "unknown"
HELD = " pull: missing takes what the host has"
DENIALS = ("denied", "unauthorized", "authentication required", "forbidden")


def ask(outside: t.Any, names: t.Collection[str]) -> dict[str, Found]:
    """The registries' answers, by the name under which `answer` finds them again."""
    if not names:
        return {}
    logins = outside.logins()
    with concurrent.futures.ThreadPoolExecutor(min(TOGETHER, len(names))) as pool:
        answers = list(pool.map(lambda name: _ask_one(outside, logins, name), names))
    return {found.name: found for found in answers}


def answer(snapshot: Snapshot, name: str) -> t.Mapping[str, t.Any] | None:
    """What a registry said: ``digest``, or ``problem`` and ``status``; None if nobody asked."""
    found = look_up(snapshot, "image", _place(name))
    return found.facts if found else None


def digest_or_refuse(identity: str, name: str, told: t.Mapping[str, t.Any], is_held: bool) -> str:
    """The digest that a registry told, or the error of one that told none."""
    if told.get("digest"):
        return str(told["digest"])
    registry = parse(name).registry
    problem = "{0} says of {1!r}: {2}".format(registry, name, told["problem"])
    if told["status"] == ABSENT:
        raise InputError(
            identity, "not in its registry: {0}".format(problem), "check the name and the tag"
        )
    if told["status"] == DENIED:
        raise InputError(
            identity,
            "kept by its registry: {0}".format(problem),
            "check the name; to log in, type: docker login {0}".format(registry),
        )
    raise Unreachable(
        identity,
        "its registry can't be asked, so whether it is there is unknown: {0}".format(problem),
        "is {0} up, and trusted by the engine?{1}".format(registry, HELD if is_held else ""),
    )


def _place(name: str) -> str:
    # No image is called like this, for the space.
    return "registry {0}".format(name)


def _ask_one(outside: t.Any, logins: t.Any, name: str) -> Found:
    return Found("image", _place(name), facts=_answer(outside, logins, name))


def _answer(outside: t.Any, logins: t.Any, name: str) -> dict[str, str]:
    reference = parse(name)
    try:
        told = outside.engine.fetch(
            "/distribution/{0}/json",
            reference.listed,
            headers=logins.for_registry(reference.registry),
            timeout=PATIENCE,
        )
        return {"digest": told["Descriptor"]["digest"]}
    except EngineError as error:
        return {"problem": error.problem, "status": _status(error)}
    except Unreachable:
        return {"problem": "no answer within {0:g} s".format(PATIENCE), "status": UNKNOWN}


def _status(error: EngineError) -> str:
    if error.status in (401, 403) or any(word in error.problem.lower() for word in DENIALS):
        return DENIED
    return ABSENT if error.status == 404 else UNKNOWN
