# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a build sends to the engine's builder, and whether what it stands on is still what it stood on."""

from __future__ import annotations

import json
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Request
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Found, Snapshot, look_up
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.fields import BASES_LABEL
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.wanted import related, tags_of

# The name that a Dockerfile from outside the context gets in it.
BESIDE = ".slipway.dockerfile"
IGNORE = ".dockerignore"


def build_payload(request: Request, labels: t.Mapping[str, str]) -> dict[str, t.Any]:
    """The tree, the files that come along with it, and the parameters of the call."""
    wanted, build = request.wanted, request.wanted.options["build"]
    recipe = build["recipe"]
    return {
        **_tree(build),
        "extra": {} if recipe["inside"] else _beside(recipe),
        "bases": tuple(related(wanted)),
        "labels": {**(wanted.fields.get("labels") or {}), **labels},
        "params": _params(wanted.name, tags_of(wanted), wanted.fields, build),
    }


def stale_base(image: Found, bases: t.Sequence[str], snapshot: Snapshot) -> str:
    """The first base that is no longer the image on which this one was built; empty where there is none."""
    stood_on = bases_in((image.facts.get("Config") or {}).get("Labels"))
    for base in bases:
        found = look_up(snapshot, "image", base)
        if found is not None and base in stood_on and stood_on[base] != found.id:
            return base
    return ""


def bases_in(labels: t.Mapping[str, str] | None) -> dict[str, str]:
    """The ids of the bases on which an image was built, by name."""
    try:
        bases = json.loads((labels or {}).get(BASES_LABEL) or "{}")
    except ValueError:
        return {}
    return bases if isinstance(bases, dict) else {}


def _tree(build: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    if "entries" in build:
        return {"directory": build["context"], "entries": build["entries"]}
    return {"parcels": (build["recipe"]["context"],)}


def _beside(recipe: t.Mapping[str, t.Any]) -> dict[str, str]:
    """The Dockerfile, and an ignore file that takes it out of the context once it is read."""
    own = "" if recipe["ignore"] is None else recipe["ignore"] + "\n"
    hidden = BESIDE if recipe["ignore"] is not None else "{0}\n{1}".format(BESIDE, IGNORE)
    return {BESIDE: recipe["dockerfile"], IGNORE: "{0}{1}\n".format(own, hidden)}


def _params(name: str, tags: t.Sequence[str], fields: t.Mapping[str, t.Any], build: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    params = {
        "t": (name, *tags),
        "dockerfile": build["recipe"]["inside"] or BESIDE,
        "buildargs": fields.get("args"),
        "target": fields.get("target"),
        "networkmode": fields.get("network"),
        "extrahosts": tuple(fields.get("extra_hosts") or ()) or None,
        "shmsize": fields.get("shm_size"),
        "platform": fields.get("platform"),
        "cachefrom": build.get("cache_from") or None,
        "nocache": bool(build.get("no_cache")),
        "rm": True,
        "forcerm": True,
        "version": "1",
    }
    return {name: value for name, value in params.items() if value is not None}
