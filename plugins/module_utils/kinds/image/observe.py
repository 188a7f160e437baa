# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images as the engine has them, and what the registries say where it matters."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.kind import Survey
from ansible_collections.slipway.docker.plugins.module_utils.core.record import from_label
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Found, Resource
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.fields import (
    LABEL,
    MADE_FIELDS,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.reference import parse
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.registry import ask
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.wanted import (
    listed,
    policy_of,
    related,
    source_of,
    tags_of,
)

Ids = t.Mapping[str, str]


def observe(outside: t.Any, survey: Survey) -> dict[str, Found]:
    """The images that are wanted or asked for by those, by name, and the registries' answers."""
    ids = _ids(outside.engine.get("/images/json"))
    details: dict[str, t.Any] = {}
    images: dict[str, Found] = {}
    for name, resource in _asked(survey.wanted).items():
        id = ids.get(listed(name))
        if id is not None:
            details[id] = details.get(id) or outside.engine.get("/images/{0}/json", id)
            if details[id]:
                images[name] = found(name, details[id], resource)
    return {**images, **ask(outside, _doubtful(survey.wanted, images))}


def found(name: str, image: t.Mapping[str, t.Any], wanted: Resource | None) -> Found:
    """An image in the user's vocabulary; its record counts only where it is to be made here."""
    labels = (image.get("Config") or {}).get("Labels") or {}
    makes = wanted is not None and any(field.name in wanted.fields for field in MADE_FIELDS)
    return Found(
        "image",
        name,
        image["Id"],
        {"platform": platform(image)},
        record=from_label(labels.get(LABEL)) if makes else {},
        facts=image,
    )


def platform(image: t.Mapping[str, t.Any]) -> str:
    """What an image runs on: `linux/arm64/v8`."""
    parts = (image.get("Os"), image.get("Architecture"), image.get("Variant"))
    return "/".join(part for part in parts if part)


def _ids(images: t.Iterable[t.Mapping[str, t.Any]]) -> dict[str, str]:
    ids: dict[str, str] = {}
    for image in images:
        for name in (
            *(image.get("RepoTags") or ()),
            *(image.get("RepoDigests") or ()),
            image["Id"],
        ):
            ids[name] = image["Id"]
    return ids


def _asked(wanted: t.Iterable[Resource]) -> dict[str, Resource | None]:
    asked: dict[str, Resource | None] = {}
    for resource in wanted:
        asked[resource.name] = resource
        for name in (*related(resource), *tags_of(resource)):
            asked.setdefault(name, None)
    return asked


def _doubtful(wanted: t.Iterable[Resource], images: t.Mapping[str, Found]) -> list[str]:
    """The names of which only a registry can tell what a pull would bring, if anything."""
    present = [resource for resource in wanted if resource.state != "absent"]
    here = {listed(resource.name) for resource in present}
    doubtful: dict[str, None] = {}
    for resource in present:
        if source_of(resource) == "pull" and _is_doubtful(
            resource.name, policy_of(resource), images
        ):
            doubtful[resource.name] = None
        elif source_of(resource) == "build":
            bases = [base for base in related(resource) if listed(base) not in here]
            doubtful.update(dict.fromkeys(_doubtful_bases(resource, bases, images)))
    return list(doubtful)


def _doubtful_bases(
    resource: Resource, bases: t.Iterable[str], images: t.Mapping[str, Found]
) -> list[str]:
    """A base that is missing matters only where the image is missing as well."""
    refreshed = "always" if resource.options["build"].get("pull") else "missing"
    return [
        base
        for base in bases
        if _is_doubtful(base, refreshed, images) and (base in images or resource.name not in images)
    ]


def _is_doubtful(name: str, policy: str, images: t.Mapping[str, Found]) -> bool:
    reference = parse(name)
    if reference.id or policy == "never":
        return False
    return name not in images or (policy == "always" and not reference.digest)
