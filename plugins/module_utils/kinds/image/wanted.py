# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An image as wanted: its one source made canonical, and what can't be accepted refused by name."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.core.field import Field
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Resource, identity
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image import dockerfile
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.fields import BUILD_FIELDS
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.reference import parse

SOURCES = ("build", "load", "import", "tag_of")
POLICIES = {"always": "always", "missing": "missing", "never": "never", "if_not_present": "missing", "not_present": "missing"}
# Keys of a Compose build beside the table's: how to build, and where the context comes from.
BUILD_OPTIONS = ("context", "dockerfile", "dockerfile_inline", "no_cache", "pull", "cache_from", "tags", "platforms", "recipe", "entries")
BUILDKIT = ("additional_contexts", "cache_to", "entitlements", "no_cache_filter", "privileged", "provenance", "sbom", "secrets", "ssh")
CHANGES = ("CMD", "ENTRYPOINT", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL", "ONBUILD", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR")
NOT_YET = ("isolation", "ulimits")

Options = t.Mapping[str, t.Any]


def canonical(wanted: Resource) -> Resource:
    """The image with its source's fields in the table, or an error that says what can't be accepted."""
    parse(wanted.name)
    source = source_of(wanted)
    if wanted.state == "absent":
        return wanted
    if source == "pull":
        _policy(wanted)
    elif "@" in wanted.name or parse(wanted.name).id:
        raise InputError(wanted.identity, "a digest can't be chosen for what is made here", "give it a name with a tag")
    fields = {**_platform(wanted), **READERS[source](wanted), **wanted.fields}
    return dataclasses.replace(wanted, fields=fields)


def source_of(wanted: Resource) -> str:
    """Where an image comes from: pull, build, load, import or tag_of."""
    given = [name for name in SOURCES if wanted.options.get(name)]
    if len(given) > 1:
        raise InputError(wanted.identity, "found {0} at once".format(" and ".join(given)), "an image has one source")
    return given[0] if given else "pull"


def policy_of(wanted: Resource) -> str:
    """When the registry is asked: always, missing or never."""
    return POLICIES[wanted.options.get("pull") or "missing"]


def stages_of(wanted: Resource) -> list[dockerfile.Stage]:
    """The stages that the build of an image goes through."""
    build = wanted.options["build"]
    found = dockerfile.stages(build["recipe"]["dockerfile"], wanted.fields.get("args") or {})
    return dockerfile.up_to(found, wanted.fields.get("target") or "") or []


def related(wanted: Resource) -> list[str]:
    """The other images that this one is made of: its bases, or the one whose name it shares."""
    if wanted.state == "absent":
        return []
    source = source_of(wanted)
    if source == "build":
        return dockerfile.bases(stages_of(wanted))
    return [wanted.options["tag_of"]] if source == "tag_of" else []


def tags_of(wanted: Resource) -> list[str]:
    """The other names that a build gives its image."""
    build = wanted.options.get("build") or {}
    return list(build.get("tags") or ()) if wanted.state != "absent" else []


def line_up(wanted: tuple[Resource, ...]) -> tuple[Resource, ...]:
    """Images after those that they are made of, whatever way their names are spelt."""
    by_name = {parse(resource.name).listed: resource for resource in wanted}
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
    """A name as the engine's lists show it; one that Docker refuses stays as it is, for the build to tell."""
    try:
        return parse(name).listed
    except InputError:
        return name


def _platform(wanted: Resource) -> dict[str, t.Any]:
    build = wanted.options.get("build") or {}
    platforms = build.get("platforms") or ()
    if len(platforms) > 1:
        raise InputError(wanted.identity, "found {0} build.platforms".format(len(platforms)), "the engine's builder makes one; BuildKit isn't supported yet")
    platform = wanted.options.get("platform") or (platforms[0] if platforms else None)
    return {"platform": platform} if platform else {}


def _policy(wanted: Resource) -> dict[str, t.Any]:
    policy = wanted.options.get("pull") or "missing"
    if policy not in POLICIES:
        raise InputError("{0}.pull".format(wanted.identity), "found {0!r}".format(policy), "one of always, missing, never")
    return {}


def _read_build(wanted: Resource) -> dict[str, t.Any]:
    build: Options = wanted.options["build"]
    _refuse_keys(wanted, build)
    recipe = build.get("recipe")
    if not recipe:
        raise InputError("{0}.build".format(wanted.identity), "its context did not come along", "declare it with the module image or stack")
    fields = {"context": recipe["context"], "dockerfile": recipe["dockerfile_digest"]}
    fields.update((field.name, value) for field, value in _rows(wanted, build))
    _refuse_dockerfile(wanted, recipe["dockerfile"], fields)
    for tag in tags_of(wanted):
        parse(tag, "{0}.build.tags".format(wanted.identity))
    return fields


def _rows(wanted: Resource, build: Options) -> t.Iterator[tuple[Field, t.Any]]:
    for field in BUILD_FIELDS:
        try:
            value = None if build.get(field.name) is None else field.codec.read(build[field.name])
        except ValueError as error:
            raise InputError(
                "{0}.build.{1}".format(wanted.identity, field.name),
                "found {0}".format("a value of another kind" if field.secret else repr(build[field.name])),
                "accepted is {0}".format(error),
            ) from None
        if value not in (None, "", [], {}):
            yield field, value


def _refuse_keys(wanted: Resource, build: Options) -> None:
    known = {*BUILD_OPTIONS, *(field.name for field in BUILD_FIELDS)}
    for key in sorted(key for key, value in build.items() if value not in (None, False, "", [], {})):
        where = "{0}.build.{1}".format(wanted.identity, key)
        if key in BUILDKIT:
            raise InputError(where, "only BuildKit can do that, and it isn't supported yet", "take it out")
        if key in NOT_YET:
            raise InputError(where, "not supported yet", "take it out")
        if key not in known:
            raise InputError(where, "no such key", "one of {0}".format(", ".join(sorted(known - {"recipe", "entries"}))))


def _refuse_dockerfile(wanted: Resource, text: str, fields: Options) -> None:
    odd = dockerfile.needs_buildkit(text)
    if odd:
        raise InputError(
            "{0}: Dockerfile:{1}".format(wanted.identity, odd[0]),
            "{0} needs BuildKit, which isn't supported yet".format(odd[1]), "write it without",
        )
    stages = dockerfile.stages(text, fields.get("args") or {})
    if not stages:
        raise InputError("{0}: Dockerfile".format(wanted.identity), "it has no FROM", "begin it with FROM")
    if dockerfile.up_to(stages, fields.get("target") or "") is None:
        names = ", ".join(stage.name for stage in stages if stage.name) or "none has a name"
        raise InputError("{0}.build.target".format(wanted.identity), "no such stage: {0}".format(fields["target"]), "the stages: {0}".format(names))


def _read_load(wanted: Resource) -> dict[str, t.Any]:
    archive = wanted.options["load"]
    name = parse(wanted.name).listed
    if name not in {listed(held) for held in archive["images"]}:
        held = ", ".join(sorted(archive["images"])) or "images without a name"
        raise InputError(wanted.identity, "not in {0}, which holds {1}".format(archive["archive"], held), "check the name")
    return {}


def _read_import(wanted: Resource) -> dict[str, t.Any]:
    archive = wanted.options["import"]
    changes = list(archive.get("changes") or ())
    for change in changes:
        if change.split(" ")[0].upper() not in CHANGES:
            raise InputError("{0}.changes".format(wanted.identity), "found {0!r}".format(change), "accepted are {0}".format(", ".join(CHANGES)))
    return {"archive": archive["digest"], **({"changes": changes} if changes else {})}


def _read_tag(wanted: Resource) -> dict[str, t.Any]:
    parse(wanted.options["tag_of"], "{0}.tag_of".format(wanted.identity))
    return {}


READERS: dict[str, t.Callable[[Resource], dict[str, t.Any]]] = {
    "pull": _policy,
    "build": _read_build,
    "load": _read_load,
    "import": _read_import,
    "tag_of": _read_tag,
}
