# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Image archives: which images a file of `docker save` holds, without loading it."""

from __future__ import annotations

import json
import tarfile
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.outside.trees import file_digest

MANIFEST, INDEX = "manifest.json", "index.json"
NAME = "io.containerd.image.name"
BIGGEST_LIST = 16 << 20


def read(path: str) -> dict[str, t.Any]:
    """What an archive holds, as plain data: ``images`` maps each name to the ids it may get.

    An engine names an image by its configuration or, with containerd's store, by its manifest.
    """
    lists = _lists(path)
    if MANIFEST not in lists:
        raise InputError(
            path,
            "no archive of images",
            "docker save makes one; a root file system goes to the option import",
        )
    images: dict[str, list[str]] = {}
    for entry in lists[MANIFEST]:
        id = _id(str(entry["Config"]))
        for name in entry.get("RepoTags") or ():
            images.setdefault(name, []).append(id)
    for entry in (lists.get(INDEX) or {}).get("manifests", ()):
        images.setdefault(_short((entry.get("annotations") or {}).get(NAME, "")), []).append(
            entry["digest"]
        )
    images.pop("", None)
    return {"images": images}


def digest(path: str) -> str:
    """The SHA-256 of an archive."""
    try:
        return file_digest(path)
    except OSError as error:
        raise _unreadable(path, error) from None


def _lists(path: str) -> dict[str, t.Any]:
    found: dict[str, t.Any] = {}
    try:
        with tarfile.open(path) as archive:
            for member in archive:
                if member.name in (MANIFEST, INDEX) and member.size < BIGGEST_LIST:
                    found[member.name] = json.loads(
                        t.cast(t.IO[bytes], archive.extractfile(member)).read()
                    )
    except (tarfile.TarError, ValueError, EOFError):
        raise InputError(path, "no readable tar archive", "docker save makes one") from None
    except OSError as error:
        raise _unreadable(path, error) from None
    return found


def _unreadable(path: str, error: OSError) -> InputError:
    return InputError(
        path,
        "can't be read ({0})".format(error.strerror or error),
        "check the path, and on which machine it is looked for",
    )


def _id(config: str) -> str:
    return "sha256:" + config.rpartition("/")[2].partition(".")[0]


def _short(name: str) -> str:
    for prefix in ("docker.io/library/", "docker.io/"):
        if name.startswith(prefix):
            return name[len(prefix) :]
    return name
