# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the calls that make an image send, complete before the first of them is made."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Request
from ansible_collections.slipway.docker.plugins.module_utils.core.record import LABEL as RECORD
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.fields import LABEL
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.reference import parse
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.wanted import (
    related,
    tags_of,
)

# The name that a Dockerfile from outside the context gets in it.
BESIDE = ".slipway.dockerfile"
IGNORE = ".dockerignore"

Mapping = t.Mapping[str, t.Any]


def build_payload(request: Request) -> dict[str, t.Any]:
    """The tree, the files that come along with it, and the parameters of the call."""
    wanted, build = request.wanted, request.wanted.options["build"]
    return {
        **_tree(build),
        "extra": {} if build["recipe"]["inside"] else _beside(build["recipe"]),
        "bases": tuple(related(wanted)),
        "labels": {**(wanted.fields.get("labels") or {}), LABEL: _record(request)},
        "params": _params((wanted.name, *tags_of(wanted)), wanted.fields, build),
    }


def import_payload(request: Request) -> dict[str, t.Any]:
    """The archive, the name, and the changes; the record is one of them."""
    archive, reference = request.wanted.options["import"], parse(request.wanted.name)
    record = "LABEL {0}={1}".format(LABEL, _quoted(_record(request)))
    return {
        **file_payload(archive),
        "repository": reference.repository,
        "tag": reference.tag,
        "changes": (*(archive.get("changes") or ()), record),
    }


def tag_payload(source: str, name: str) -> dict[str, t.Any]:
    """The image and its other name."""
    reference = parse(name)
    return {"source": source, "repository": reference.repository, "tag": reference.tag}


def file_payload(archive: Mapping) -> dict[str, t.Any]:
    """A file of the host, or the one file in a parcel."""
    if archive.get("parcel"):
        return {"parcels": (archive["parcel"],), "member": archive["archive"].rpartition("/")[2]}
    return {"file": archive["archive"]}


def _record(request: Request) -> str:
    """The record, for a label of its own.

    Containers inherit the labels of their image, so the project's name is none of them: a container
    that somebody runs by hand would look like the project's.
    """
    return request.labels[RECORD]


def _quoted(text: str) -> str:
    for sign in ("\\", '"', "$"):
        text = text.replace(sign, "\\" + sign)
    return '"{0}"'.format(text)


def _tree(build: Mapping) -> dict[str, t.Any]:
    if "entries" in build:
        return {"directory": build["context"], "entries": build["entries"]}
    return {"parcels": (build["recipe"]["context"],)}


def _beside(recipe: Mapping) -> dict[str, str]:
    """The Dockerfile, and an ignore file that takes it out of the context once it is read."""
    if recipe["ignore"] is None:
        return {BESIDE: recipe["dockerfile"], IGNORE: "{0}\n{1}\n".format(BESIDE, IGNORE)}
    return {BESIDE: recipe["dockerfile"], IGNORE: "{0}\n{1}\n".format(recipe["ignore"], BESIDE)}


def _params(names: tuple[str, ...], fields: Mapping, build: Mapping) -> dict[str, t.Any]:
    params = {
        "t": names,
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
