# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build contexts: what of a directory is sent, and which Dockerfile comes with it."""

from __future__ import annotations

import hashlib
import os
import re
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.outside import dockerignore
from ansible_collections.slipway.docker.plugins.module_utils.outside.files import read_bytes
from ansible_collections.slipway.docker.plugins.module_utils.outside.trees import (
    FILE,
    Entry,
    manifest,
    tree_digest,
)

DOCKERFILE = "Dockerfile"
REMOTE = re.compile(r"(?:https?|git|ssh)://|git@|github\.com/|-\Z")

Build = t.Mapping[str, t.Any]
Entries = t.Mapping[str, Entry]


def ignored(directory: str, build: Build) -> dockerignore.Ignore:
    """What a build leaves out, by the Dockerfile's own ignore file or else the context's."""
    if REMOTE.match(directory):
        raise InputError(
            "build.context",
            "found {0!r}".format(directory),
            "accepted is a directory; check sources out first",
        )
    own = (
        []
        if build.get("dockerfile_inline")
        else [_dockerfile_path(directory, build) + dockerignore.NAME]
    )
    for path in (*own, os.path.join(directory, dockerignore.NAME)):
        text = read_bytes(path)
        if text is not None:
            return dockerignore.read(_text(text), path)
    return dockerignore.Ignore(())


def recipe(directory: str, build: Build, digest: str, entries: Entries) -> dict[str, t.Any]:
    """What a build is made of, as plain data.

    ``context``: the digest of its tree; ``dockerfile``: the text; ``dockerfile_digest``;
    ``inside``: the Dockerfile's path in the tree, empty where it has to come along;
    ``ignore``: the text of the tree's .dockerignore, if it has one.
    """
    path = _dockerfile_path(directory, build)
    data = _dockerfile(path, build)
    inside = os.path.relpath(path, directory)
    stands_inside = (
        not build.get("dockerfile_inline") and inside in entries and entries[inside].kind == FILE
    )
    ignore = (
        read_bytes(os.path.join(directory, dockerignore.NAME))
        if dockerignore.NAME in entries
        else None
    )
    return {
        "context": digest,
        "dockerfile": _text(data),
        "dockerfile_digest": hashlib.sha256(data).hexdigest(),
        "inside": inside if stands_inside else "",
        "ignore": None if ignore is None else _text(ignore),
    }


def read(directory: str, build: Build) -> tuple[dict[str, t.Any], Entries]:
    """The recipe of a build whose context lies on this machine, and the entries of its tree."""
    entries = manifest(directory, ignored(directory, build))
    return recipe(directory, build, tree_digest(entries), entries), entries


def _dockerfile_path(directory: str, build: Build) -> str:
    return os.path.normpath(os.path.join(directory, build.get("dockerfile") or DOCKERFILE))


def _dockerfile(path: str, build: Build) -> bytes:
    if build.get("dockerfile_inline"):
        return str(build["dockerfile_inline"]).encode()
    try:
        data = read_bytes(path)
    except OSError as error:
        raise InputError(
            path,
            "the Dockerfile can't be read ({0})".format(error.strerror),
            "check the option dockerfile",
        ) from None
    if data is None:
        raise InputError(
            path, "no such Dockerfile", "create it, or name another one with the option dockerfile"
        )
    if not data.strip():
        raise InputError(path, "the Dockerfile is empty", "it begins with FROM")
    return data


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
