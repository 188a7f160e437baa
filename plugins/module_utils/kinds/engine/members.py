# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an engine's archive may hold, and what has to be declared of one."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import (
    InputError,
    StepError,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.archive import (
    ARCHIVE,
    LINKED,
    LINKS,
    PROGRAMS,
    SOURCE,
    WHERE,
)

FOLDER = "docker"
FILE, DIRECTORY = "file", "directory"
# Archives before 23 have the shims of runtimes that nothing uses any more.
KNOWN = frozenset((*PROGRAMS, "containerd-shim", "containerd-shim-runc-v1"))
CHECKSUM = re.compile(r"sha256:[0-9a-f]{64}\Z")
ADDRESS = re.compile(r"https?://[^/@\s]+/\S+\Z")


def declared(options: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """The fields that the option archive declares, or an error that says what is accepted."""
    given = options["archive"]
    if options["source"] != SOURCE:
        if given:
            hint = "set source to archive, or leave archive out"
            raise InputError(WHERE, "the source is {0!r}".format(options["source"]), hint)
        return {}
    if not given:
        hint = "give a file or a url, and its checksum"
        raise InputError(WHERE, "the source archive needs it", hint)
    if options.get("version"):
        hint = "leave version out; another version is another archive"
        raise InputError("engine docker.version", "an archive is of one version", hint)
    _check(given)
    return {ARCHIVE.name: given["checksum"], LINKS.name: LINKED}


def chosen(members: t.Iterable[tuple[str, str]]) -> dict[str, str]:
    """The programs of an archive by name, with their members; refused where anything else is in it.

    ``members``: the path of each, and what it is.
    """
    found: dict[str, str] = {}
    for path, kind in members:
        folder, _slash, name = path.rstrip("/").partition("/")
        if kind == DIRECTORY and folder == FOLDER and not name:
            continue
        if kind != FILE or folder != FOLDER or name not in KNOWN or name in found:
            problem = "it holds {0!r} ({1})".format(path, kind)
            accepted = "accepted are files in {0}/, each once: {1}".format(
                FOLDER, ", ".join(sorted(KNOWN))
            )
            raise StepError(WHERE, problem, accepted)
        found[name] = path
    missing = [name for name in PROGRAMS if name not in found]
    if missing:
        hint = "take Docker's static archive, docker-VERSION.tgz"
        raise StepError(WHERE, "it lacks {0}".format(", ".join(missing)), hint)
    return found


def _check(given: t.Mapping[str, t.Any]) -> None:
    checksum, url = str(given["checksum"]), given.get("url")
    if not CHECKSUM.match(checksum):
        raise InputError(
            WHERE + ".checksum",
            "found {0!r}".format(checksum),
            "accepted is sha256: and 64 hexadecimal digits; type: sha256sum FILE",
        )
    if bool(url) == bool(given.get("file")):
        raise InputError(WHERE, "file and url", "give one of them")
    if url and not ADDRESS.match(url):
        raise InputError(
            WHERE + ".url",
            "this is not an address that a host fetches from",
            "accepted is http:// or https://, without a login; or bring the file along",
        )
