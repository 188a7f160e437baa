# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The root-only files that hold what each project declared last, and what a rollout keeps of it."""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
import tempfile
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.outside.files import (
    read_bytes,
    remove,
    write_atomically,
)
from ansible_collections.slipway.docker.plugins.module_utils.outside.parcels import SUFFIX
from ansible_collections.slipway.docker.plugins.module_utils.outside.trees import Manifest, pack

SECRET = 0o600
Json = t.Dict[str, t.Any]


class Keeping:
    """Declarations by project and engine, and the one that is kept beside its content.

    They hold what was declared as it is, environment variables with passwords among it.
    """

    def __init__(self, state: str) -> None:
        self._declared = os.path.join(state, "declared")
        self._kept = os.path.join(state, "kept.json")
        self.parcels = os.path.join(state, "kept.tar")

    def declared(self, engine: str) -> list[Json]:
        """What each project declared on an engine when it last went well, by name."""
        try:
            names = sorted(os.listdir(self._declared))
        except FileNotFoundError:
            return []
        found = (_load(os.path.join(self._declared, name)) for name in names)
        mine = [each for each in found if each and each["engine"] == engine]
        return sorted(mine, key=lambda each: str(each["project"]))

    def declaration(self, project: str, engine: str) -> Json | None:
        """What a project declared last on an engine; None where nobody knows."""
        return _load(self._place(project, engine))

    def declare(self, declaration: t.Mapping[str, t.Any]) -> None:
        """Remember what a project declared; nothing is written where that is known already."""
        whose = declaration["project"], declaration["engine"]
        if self.declaration(*whose) != declaration:
            path = self._place(*whose)
            write_atomically(path, json.dumps(declaration).encode(), SECRET)

    def forget(self, project: str, engine: str) -> None:
        """Drop what a project declared."""
        remove(self._place(project, engine))

    def restore(self, declaration: t.Mapping[str, t.Any]) -> None:
        """Remember what was brought back; of what is gone there is nothing to remember."""
        if declaration["resources"]:
            self.declare(declaration)
        else:
            self.forget(declaration["project"], declaration["engine"])

    def kept(self) -> Json | None:
        """What a rollout keeps; None where none is under way."""
        return _load(self._kept)

    def keep(self, content: Json, trees: t.Mapping[str, tuple[str, Manifest]]) -> None:
        """Keep declarations and the content of trees, by its digest; what is kept counts at once."""
        os.makedirs(os.path.dirname(self.parcels), mode=0o700, exist_ok=True)
        with open(
            os.open(self.parcels, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, SECRET), "wb"
        ) as file, tarfile.open(fileobj=file, mode="w") as archive:
            for digest, (root, entries) in trees.items():
                _add(archive, digest, root, entries)
        write_atomically(self._kept, json.dumps(content).encode(), SECRET)

    def drop(self) -> None:
        """Drop what is kept."""
        remove(self._kept)
        remove(self.parcels)

    @property
    def has_parcels(self) -> bool:
        """Whether content is kept beside the declarations."""
        return os.path.exists(self.parcels)

    def _place(self, project: str, engine: str) -> str:
        name = hashlib.sha256("{0}\n{1}".format(project, engine).encode()).hexdigest()[:24]
        return os.path.join(self._declared, name + ".json")


def _load(path: str) -> Json | None:
    try:
        found = json.loads(read_bytes(path) or b"null")
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _add(archive: tarfile.TarFile, digest: str, root: str, entries: Manifest) -> None:
    with tempfile.TemporaryFile() as spool:
        pack(root, entries, spool)
        info = tarfile.TarInfo(digest + SUFFIX)
        info.size = spool.tell()
        spool.seek(0)
        archive.addfile(info, spool)
