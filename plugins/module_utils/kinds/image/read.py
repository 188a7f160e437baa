# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of an image made canonical, and what can't be accepted refused by name."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.core.field import Field
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Resource
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image import dockerfile
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.fields import BUILD_FIELDS
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.reference import parse
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.wanted import (
    POLICIES,
    listed,
    source_of,
    tags_of,
)

# Keys of a Compose build beside the table's: how to build, and where the context comes from.
HOW = ("no_cache", "pull", "cache_from", "tags", "platforms")
WHERE = ("context", "dockerfile", "dockerfile_inline")
CARRIED = ("recipe", "entries")
KNOWN = {*HOW, *WHERE, *(field.name for field in BUILD_FIELDS)}
BUILDKIT = (
    *("additional_contexts", "cache_to", "entitlements", "no_cache_filter", "privileged"),
    *("provenance", "sbom", "secrets", "ssh"),
)
NOT_YET = ("isolation", "ulimits")
CHANGES = (
    *("CMD", "ENTRYPOINT", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL", "ONBUILD", "STOPSIGNAL"),
    *("USER", "VOLUME", "WORKDIR"),
)
NOTHING: tuple[t.Any, ...] = (None, False, "", [], {})

Mapping = t.Mapping[str, t.Any]


def canonical(wanted: Resource) -> Resource:
    """The image with its source's fields in the table."""
    reference, source = parse(wanted.name), source_of(wanted)
    if wanted.state == "absent":
        return wanted
    if source != "pull" and (reference.digest or reference.id):
        problem = "a digest can't be chosen for what is made here"
        raise InputError(wanted.identity, problem, "give it a name with a tag")
    fields = {**_platform(wanted, source), **READERS[source](wanted), **wanted.fields}
    return dataclasses.replace(wanted, fields=fields)


def _platform(wanted: Resource, source: str) -> dict[str, t.Any]:
    platforms = (wanted.options.get("build") or {}).get("platforms") or ()
    if len(platforms) > 1:
        problem = "found {0} build.platforms".format(len(platforms))
        hint = "the engine's builder makes one; BuildKit isn't supported yet"
        raise InputError(wanted.identity, problem, hint)
    platform = wanted.options.get("platform") or (platforms[0] if platforms else None)
    if platform and source not in ("pull", "build"):
        problem = "found a platform beside {0}".format(source)
        raise InputError(wanted.identity, problem, "it goes with a pull or a build")
    return {"platform": platform} if platform else {}


def _read_policy(wanted: Resource) -> dict[str, t.Any]:
    policy = wanted.options.get("pull") or "missing"
    if policy not in POLICIES:
        where = "{0}.pull".format(wanted.identity)
        raise InputError(where, "found {0!r}".format(policy), "one of always, missing, never")
    return {}


def _read_build(wanted: Resource) -> dict[str, t.Any]:
    build: Mapping = wanted.options["build"]
    _refuse_keys(wanted, build)
    recipe = build.get("recipe")
    if not recipe:
        hint = "declare it with the module image or stack"
        where = "{0}.build".format(wanted.identity)
        raise InputError(where, "its context did not come along", hint)
    fields = {"context": recipe["context"], "dockerfile": recipe["dockerfile_digest"]}
    fields.update(_rows(wanted, build))
    _refuse_dockerfile(wanted, recipe["dockerfile"], fields)
    for tag in tags_of(wanted):
        parse(tag, "{0}.build.tags".format(wanted.identity))
    return fields


def _rows(wanted: Resource, build: Mapping) -> t.Iterator[tuple[str, t.Any]]:
    for field in BUILD_FIELDS:
        value = _row(wanted, field, build.get(field.name))
        if value not in NOTHING:
            yield field.name, value


def _row(wanted: Resource, field: Field, value: t.Any) -> t.Any:
    try:
        return None if value is None else field.codec.read(value)
    except ValueError as error:
        where = "{0}.build.{1}".format(wanted.identity, field.name)
        problem = "found {0}".format("another type" if field.secret else repr(value))
        raise InputError(where, problem, "accepted is {0}".format(error)) from None


def _refuse_keys(wanted: Resource, build: Mapping) -> None:
    for key in sorted(key for key, value in build.items() if value not in NOTHING):
        where = "{0}.build.{1}".format(wanted.identity, key)
        if key in BUILDKIT:
            problem = "only BuildKit can do that, and it isn't supported yet"
            raise InputError(where, problem, "take it out")
        if key in NOT_YET:
            raise InputError(where, "not supported yet", "take it out")
        if key not in KNOWN and key not in CARRIED:
            raise InputError(where, "no such key", "one of {0}".format(", ".join(sorted(KNOWN))))


def _refuse_dockerfile(wanted: Resource, text: str, fields: Mapping) -> None:
    where = "{0}: Dockerfile".format(wanted.identity)
    odd = dockerfile.needs_buildkit(text)
    if odd:
        problem = "{0} needs BuildKit, which isn't supported yet".format(odd[1])
        raise InputError("{0}:{1}".format(where, odd[0]), problem, "write it without")
    stages = dockerfile.stages(text, fields.get("args") or {})
    if not stages:
        raise InputError(where, "it has no FROM", "begin it with FROM")
    if dockerfile.up_to(stages, fields.get("target") or "") is None:
        names = ", ".join(stage.name for stage in stages if stage.name) or "none has a name"
        where = "{0}.build.target".format(wanted.identity)
        problem = "no such stage: {0}".format(fields["target"])
        raise InputError(where, problem, "the stages: {0}".format(names))


def _read_load(wanted: Resource) -> dict[str, t.Any]:
    archive = wanted.options["load"]
    if listed(wanted.name) not in map(listed, archive["images"]):
        held = ", ".join(sorted(archive["images"])) or "images without a name"
        problem = "not in {0}, which holds {1}".format(archive["archive"], held)
        raise InputError(wanted.identity, problem, "check the name")
    return {}


def _read_import(wanted: Resource) -> dict[str, t.Any]:
    archive = wanted.options["import"]
    changes = list(archive.get("changes") or ())
    for change in changes:
        if change.split(" ")[0].upper() not in CHANGES:
            where = "{0}.changes".format(wanted.identity)
            hint = "accepted are {0}".format(", ".join(CHANGES))
            raise InputError(where, "found {0!r}".format(change), hint)
    return {"archive": archive["digest"], **({"changes": changes} if changes else {})}


def _read_tag(wanted: Resource) -> dict[str, t.Any]:
    parse(wanted.options["tag_of"], "{0}.tag_of".format(wanted.identity))
    return {}


READERS: dict[str, t.Callable[[Resource], dict[str, t.Any]]] = {
    "pull": _read_policy,
    "build": _read_build,
    "load": _read_load,
    "import": _read_import,
    "tag_of": _read_tag,
}
