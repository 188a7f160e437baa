# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of images: `registry:port/path:tag`, `path@sha256:...`, or an image's id."""

from __future__ import annotations

import dataclasses
import re

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError

COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
PATH = re.compile(r"{0}(?:/{0})*\Z".format(COMPONENT))
LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
REGISTRY = re.compile(r"(?:{0}(?:\.{0})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?\Z".format(LABEL))
TAG = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}\Z")
DIGEST = re.compile(r"sha256:[a-f0-9]{64}\Z")
ID = re.compile(r"(?:sha256:)?[a-f0-9]{64}\Z")
HUB = "docker.io"


@dataclasses.dataclass(frozen=True)
class Reference:
    """A name in its parts; one that is an image's id has only that."""

    registry: str = HUB
    repository: str = ""
    tag: str = ""
    digest: str = ""
    id: str = ""

    @property
    def listed(self) -> str:
        """The name as the engine's lists show it."""
        if self.id:
            return self.id
        return self.repository + ("@" + self.digest if self.digest else ":" + self.tag)

    @property
    def version(self) -> str:
        """What a pull asks for: the digest where there is one."""
        return self.digest or self.tag


def parse(text: str, where: str = "") -> Reference:
    """A name in its parts, or an error that says which part Docker refuses."""
    where = where or "image {0}".format(text)
    if ID.match(text):
        return Reference(id="sha256:" + text[-64:])
    rest, at, digest = text.partition("@")
    if at and not DIGEST.match(digest):
        raise InputError(
            where,
            "found the digest {0!r}".format(digest),
            "accepted is sha256: and 64 hexadecimal digits",
        )
    path, tag = _split_tag(rest)
    if tag is not None and not TAG.match(tag):
        raise InputError(
            where,
            "found the tag {0!r}".format(tag),
            "accepted are up to 128 letters, digits, '_', '.' and '-'",
        )
    registry, path = _split_registry(path)
    _refuse_odd_names(registry, path, where)
    tag = "latest" if tag is None and not digest else tag or ""
    return Reference(registry, _listed(registry, path), tag, digest)


def _split_tag(text: str) -> tuple[str, str | None]:
    head, colon, tail = text.rpartition(":")
    return (head, tail) if colon and "/" not in tail else (text, None)


def _split_registry(path: str) -> tuple[str, str]:
    first, slash, rest = path.partition("/")
    if slash and (set(first) & set(".:[") or first == "localhost"):
        return (HUB if first in ("index.docker.io", "registry-1.docker.io") else first), rest
    return HUB, path


def _refuse_odd_names(registry: str, path: str, where: str) -> None:
    if not REGISTRY.match(registry):
        raise InputError(
            where,
            "found the registry {0!r}".format(registry),
            "accepted is a host name, with :port or without",
        )
    if path != path.lower():
        raise InputError(
            where, "a name that Docker refuses", "write it in lowercase: {0}".format(path.lower())
        )
    if not PATH.match(path):
        raise InputError(
            where,
            "a name that Docker refuses",
            "accepted is path:tag or path@sha256:digest, the path of lowercase letters and digits "
            "with '.', '_', '-' and '/' between them",
        )


def _listed(registry: str, path: str) -> str:
    if registry != HUB:
        return "{0}/{1}".format(registry, path)
    return path[len("library/") :] if path.startswith("library/") and path.count("/") == 1 else path
