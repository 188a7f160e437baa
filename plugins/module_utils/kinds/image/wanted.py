# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an image as wanted tells of itself: its source, and the images that it is made of."""

from __future__ import annotations

import dataclasses

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Resource, identity
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image import dockerfile
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.reference import parse

SOURCES = ("build", "load", "import", "tag_of")
POLICIES = {
    "always": "always",
    "missing": "missing",
    "never": "never",
    "if_not_present": "missing",
    "not_present": "missing",
}


def source_of(wanted: Resource) -> str:
    """Where an image comes from: pull, build, load, import or tag_of."""
    given = [name for name in SOURCES if wanted.options.get(name)]
    if len(given) > 1:
        problem = "found {0} at once".format(" and ".join(given))
        raise InputError(wanted.identity, problem, "an image has one source")
    return given[0] if given else "pull"


def policy_of(wanted: Resource) -> str:
    """When the registry is asked: always, missing or never."""
    return POLICIES[wanted.options.get("pull") or "missing"]


def related(wanted: Resource) -> list[str]:
    """The other images that this one is made of: its bases, or the one whose name it shares."""
    source = "" if wanted.state == "absent" else source_of(wanted)
    if source == "build":
        return dockerfile.bases(_stages_of(wanted))
    return [wanted.options["tag_of"]] if source == "tag_of" else []


def tags_of(wanted: Resource) -> list[str]:
    """The other names that a build gives its image."""
    build = wanted.options.get("build") or {}
    return list(build.get("tags") or ()) if wanted.state != "absent" else []


def line_up(wanted: tuple[Resource, ...]) -> tuple[Resource, ...]:
    """Images after those that they are made of, whatever way their names are spelt."""
    by_name = _by_name(wanted)
    linked: dict[str, Resource] = {}
    begun: set[str] = set()

    def place(resource: Resource) -> None:
        if resource.name in begun:
            return
        begun.add(resource.name)
        others = [by_name[listed(name)] for name in related(resource) if listed(name) in by_name]
        for other in others:
            place(other)
        needs = tuple(identity("image", other.name) for other in others)
        linked[resource.name] = dataclasses.replace(resource, needs=(*resource.needs, *needs))

    for resource in wanted:
        place(resource)
    return tuple(linked.values())


def listed(name: str) -> str:
    """A name as the engine's lists show it; one that Docker refuses stays as it is."""
    try:
        return parse(name).listed
    except InputError:
        return name


def _by_name(wanted: tuple[Resource, ...]) -> dict[str, Resource]:
    by_name: dict[str, Resource] = {}
    for resource in wanted:
        other = by_name.setdefault(listed(resource.name), resource)
        if other is not resource and {source_of(other), source_of(resource)} != {"pull"}:
            problem = "the same image as {0}, from another source".format(other.identity)
            raise InputError(resource.identity, problem, "take one of them out")
    return by_name


def _stages_of(wanted: Resource) -> list[dockerfile.Stage]:
    text = wanted.options["build"]["recipe"]["dockerfile"]
    found = dockerfile.stages(text, wanted.fields.get("args") or {})
    return dockerfile.up_to(found, wanted.fields.get("target") or "") or []
