# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What it takes to have an image as wanted: nothing where its content is there already."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.converge import ENGINE
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.core.field import Effect
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Request, Step
from ansible_collections.slipway.docker.plugins.module_utils.core.record import LABEL as RECORD
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Found, identity, look_up
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.building import build_payload, stale_base
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.fields import LABEL
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.reference import parse
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.registry import answer, digest_or_refuse
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.wanted import listed, policy_of, related, source_of, tags_of

FORCED = "force: true"


def plan(request: Request) -> list[Step]:
    """Pull, build, load, import, tag or remove."""
    wanted = request.wanted
    if wanted.state == "absent":
        return _removal(request)
    if request.found is None and wanted.identity in request.expected:
        return []
    return PLANNERS[source_of(wanted)](request)


def _removal(request: Request) -> list[Step]:
    if request.found is None:
        return []
    payload = {"force": bool(request.wanted.options.get("force"))}
    return [request.step("remove", request.cause or "state: absent", payload=payload)]


def _plan_pull(request: Request) -> list[Step]:
    wanted = request.wanted
    cause = _why_pull(request, wanted.name, policy_of(wanted), request.found)
    if not cause and request.found is not None:
        cause = request.why if request.changes else FORCED if wanted.options.get("force") else ""
    payload = pull_payload(wanted.name, wanted.fields.get("platform") or "")
    return [request.step("pull", cause, effect=_effect(request.found), payload=payload)] if cause else []


def _why_pull(request: Request, name: str, policy: str, found: Found | None) -> str:
    """Why a name is to be pulled; empty where it isn't, an error where it can't."""
    where, reference = request.wanted.identity, parse(name)
    if found is not None and (policy != "always" or reference.digest or reference.id):
        return ""
    if found is None and (policy == "never" or reference.id):
        why = "its policy is pull: never" if policy == "never" else "an id can't be pulled"
        raise InputError(where, "{0!r} isn't on this host, and {1}".format(name, why), "load or build it first, or name it by a tag")
    told = answer(request.snapshot, name)
    if told is None or (told.get("problem") and ENGINE in set(request.coming) | set(request.expected)):
        # The engine isn't there yet, or comes up anew and may trust other registries then.
        return "not found" if found is None else "policy: always"
    digest = digest_or_refuse(where, name, told, is_held=found is not None)
    if found is None:
        return "not found"
    held = "{0}@{1}".format(reference.repository, digest) in (found.facts.get("RepoDigests") or ())
    return "" if held else "its registry has {0}".format(digest[:19])


def pull_payload(name: str, platform: str) -> dict[str, t.Any]:
    """What a pull sends."""
    reference = parse(name)
    return {"repository": reference.repository, "version": reference.version, "registry": reference.registry, "platform": platform}


def _plan_build(request: Request) -> list[Step]:
    bases = related(request.wanted)
    fresh = _base_steps(request, [base for base in bases if _is_refreshed(request, base)], "always")
    cause = _why_build(request, fresh)
    if not cause:
        return _plan_tags(request)
    lacking = _base_steps(request, [base for base in bases if _is_lacking(request, base)], "missing")
    needs = tuple(identity("image", base) for base in bases)
    payload = build_payload(request, _label(request))
    return [*fresh, *lacking, request.step("build", cause, needs=needs, effect=_effect(request.found), payload=payload)]


def _base_steps(request: Request, bases: t.Sequence[str], policy: str) -> list[Step]:
    steps = []
    for base in bases:
        cause = _why_pull(request, base, policy, look_up(request.snapshot, "image", base))
        payload = pull_payload(base, request.wanted.fields.get("platform") or "")
        if cause:
            steps.append(Step("pull", "image", base, "base of {0}".format(request.wanted.identity) if cause == "not found" else cause, payload=payload))
    return steps


def _is_refreshed(request: Request, base: str) -> bool:
    """Whether a base that is there is to be what its registry has by now."""
    build = request.wanted.options["build"]
    return bool(build.get("pull")) and not _is_wanted(request, base) and look_up(request.snapshot, "image", base) is not None


def _is_lacking(request: Request, base: str) -> bool:
    return not _is_wanted(request, base) and not request.is_there_by_then("image", base)


def _is_wanted(request: Request, base: str) -> bool:
    """Whether the same plan sees to the base for its own sake."""
    return listed(base) in {listed(need.partition(" ")[2]) for need in request.wanted.needs}


def _why_build(request: Request, fresh: t.Sequence[Step]) -> str:
    found = request.found
    if found is None:
        return "not found"
    if request.changes:
        return request.why if found.record else "the image of that name was not built here"
    coming = [*_coming(request), *(step.identity for step in fresh)]
    if coming:
        return "its base {0} comes anew".format(coming[0])
    stale = stale_base(found, related(request.wanted), request.snapshot)
    if stale:
        return "its base image {0} changed".format(stale)
    return FORCED if request.wanted.options.get("force") else ""


def _coming(request: Request) -> list[str]:
    """The images that this one is made of, and that earlier steps of the plan bring."""
    return [need for need in request.wanted.needs if need.startswith("image ") and need in request.coming]


def _plan_tags(request: Request) -> list[Step]:
    steps = []
    for name in tags_of(request.wanted):
        other = look_up(request.snapshot, "image", name)
        if other is None or request.found is None or other.id != request.found.id:
            steps.append(Step("tag", "image", name, "another name of {0}".format(request.wanted.identity), payload=tag_payload(request.wanted.name, name)))
    return steps


def _plan_load(request: Request) -> list[Step]:
    archive = request.wanted.options["load"]
    reference = parse(request.wanted.name)
    ids = {id for name, held in archive["images"].items() if parse(name).listed == reference.listed for id in held}
    cause = _cause(request, "" if request.found and request.found.id in ids else "the archive holds another image")
    return [request.step("load", cause, effect=_effect(request.found), payload=_file_payload(archive))] if cause else []


def _plan_import(request: Request) -> list[Step]:
    found, archive = request.found, request.wanted.options["import"]
    changed = ""
    if found is not None and request.changes:
        changed = request.why if found.record else "the image of that name was not imported here"
    cause = _cause(request, changed)
    reference = parse(request.wanted.name)
    payload = {
        **_file_payload(archive),
        "repository": reference.repository,
        "tag": reference.tag,
        "platform": request.wanted.fields.get("platform") or "",
        "changes": (*(archive.get("changes") or ()), "LABEL {0}={1}".format(LABEL, _quoted(_label(request)[LABEL]))),
    }
    return [request.step("import", cause, effect=_effect(found), payload=payload)] if cause else []


def _plan_tag(request: Request) -> list[Step]:
    source = request.wanted.options["tag_of"]
    original = look_up(request.snapshot, "image", source)
    coming = _coming(request)
    if original is None and not coming and not request.is_there_by_then("image", source):
        raise InputError(request.wanted.identity, "no image {0!r} to tag".format(source), "pull, build or load it first")
    changed = ""
    if coming:
        changed = "{0} comes anew".format(coming[0])
    elif original is not None and request.found is not None and original.id != request.found.id:
        changed = "{0!r} is another image".format(source)
    cause = _cause(request, changed)
    payload = tag_payload(source, request.wanted.name)
    return [request.step("tag", cause, effect=_effect(request.found), payload=payload)] if cause else []


def tag_payload(source: str, name: str) -> dict[str, t.Any]:
    """What a tag sends."""
    reference = parse(name)
    return {"source": source, "repository": reference.repository, "tag": reference.tag}


def _cause(request: Request, changed: str) -> str:
    if request.found is None:
        return "not found"
    return changed or (request.why if request.changes else "") or (FORCED if request.wanted.options.get("force") else "")


def _effect(found: Found | None) -> Effect | None:
    return None if found is None else Effect.UPDATE


def _label(request: Request) -> dict[str, str]:
    """The labels of an image that is made here; the record goes under a name of its own, for containers inherit it."""
    return {LABEL if name == RECORD else name: text for name, text in request.labels.items()}


def _quoted(text: str) -> str:
    return '"{0}"'.format(text.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$"))


def _file_payload(archive: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    if archive.get("parcel"):
        return {"parcels": (archive["parcel"],), "member": archive["archive"].rpartition("/")[2]}
    return {"file": archive["archive"]}


PLANNERS: dict[str, t.Callable[[Request], list[Step]]] = {
    "pull": _plan_pull,
    "build": _plan_build,
    "load": _plan_load,
    "import": _plan_import,
    "tag_of": _plan_tag,
}
