# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An image as the options of its module declare it."""

from __future__ import annotations

import os.path
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Resource

TEXT: dict[str, t.Any] = {"type": "str"}
RAW: dict[str, t.Any] = {"type": "raw"}
TEXTS: dict[str, t.Any] = {"type": "list", "elements": "str"}
FLAG: dict[str, t.Any] = {"type": "bool", "default": False}
BUILD: dict[str, t.Any] = {
    "context": {"type": "str", "default": ".", "aliases": ["path"]},
    "dockerfile": TEXT,
    "dockerfile_inline": TEXT,
    "args": RAW,
    "target": TEXT,
    "labels": RAW,
    "network": TEXT,
    "extra_hosts": {"type": "raw", "aliases": ["etc_hosts"]},
    "shm_size": RAW,
    "cache_from": TEXTS,
    "no_cache": {**FLAG, "aliases": ["nocache"]},
    "pull": FLAG,
    "tags": TEXTS,
    "platforms": TEXTS,
}
OPTIONS: dict[str, t.Any] = {
    "pull": {
        "type": "str",
        "choices": ["always", "missing", "never", "if_not_present", "not_present"],
    },
    "platform": TEXT,
    "build": {"type": "dict", "options": BUILD},
    "load": {"type": "str", "aliases": ["load_path"]},
    "import": TEXT,
    "changes": TEXTS,
    "tag_of": {"type": "str", "aliases": ["source_image"]},
    "source_on": {"type": "str", "default": "controller", "choices": ["controller", "host"]},
    "force": FLAG,
    # What the action plugin read of a source on the controller.
    "_source": {"type": "dict"},
}

Given = t.Mapping[str, t.Any]


def declared(given: Given, read_context: t.Callable[..., t.Any], archives: t.Any) -> Resource:
    """The image; a source on the host is read here, one on the controller was read there."""
    where = "image {0}".format(given["name"])
    if given["pull"] and any(given[name] for name in ("build", "load", "import", "tag_of")):
        raise InputError(where, "found pull beside another source", "take one of them out")
    if given["changes"] and not given["import"]:
        raise InputError(
            "{0}.changes".format(where), "there is nothing to change", "it goes with import"
        )
    options = {name: given[name] for name in ("pull", "platform", "tag_of", "force")}
    for name, read in READERS.items():
        if given[name] and given["state"] != "absent":
            options[name] = read(given, read_context, archives)
    return Resource("image", given["name"], given["state"], options=options)


def _build(given: Given, read_context: t.Callable[..., t.Any], archives: t.Any) -> dict[str, t.Any]:
    build = {name: given["build"][name] for name in BUILD}
    if given["source_on"] == "controller":
        return {**build, **(given["_source"] or {})}
    recipe, entries = read_context(_absolute(given, build["context"]), build)
    return {**build, "recipe": recipe, "entries": entries}


def _load(given: Given, read_context: t.Callable[..., t.Any], archives: t.Any) -> dict[str, t.Any]:
    if given["source_on"] == "controller":
        return dict(_brought(given))
    path = _absolute(given, given["load"])
    return {"archive": path, **archives.read(path)}


def _import(
    given: Given, read_context: t.Callable[..., t.Any], archives: t.Any
) -> dict[str, t.Any]:
    if given["source_on"] == "controller":
        return {**_brought(given), "changes": given["changes"]}
    path = _absolute(given, given["import"])
    return {"archive": path, "digest": archives.digest(path), "changes": given["changes"]}


def _brought(given: Given) -> Given:
    source: Given | None = given["_source"]
    if not source:
        raise InputError(
            "image {0}".format(given["name"]),
            "its source did not come along",
            "for one on the host, set source_on: host",
        )
    return source


def _absolute(given: Given, path: str) -> str:
    if not os.path.isabs(path):
        raise InputError(
            "image {0}".format(given["name"]),
            "found the path {0!r} on the host".format(path),
            "accepted is an absolute path",
        )
    return path


READERS: dict[str, t.Callable[..., dict[str, t.Any]]] = {
    "build": _build,
    "load": _load,
    "import": _import,
}
