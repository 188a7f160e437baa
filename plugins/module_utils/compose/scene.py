# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What loading needs: files, the directory they count from, variables, and the phases that run."""

from __future__ import annotations

import dataclasses
import posixpath
import re
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.compose import yaml12
from ansible_collections.slipway.docker.plugins.module_utils.compose.paths import join, relative
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import ComposeError

Read = t.Callable[[str], str]
Fetch = t.Callable[[str], t.Optional[str]]
REMOTE = re.compile(r"[a-z+]+://|git@|github\.com/")


class Desk:
    """What one load has read, and its warnings; `fetch` makes a remote file local.

    `relative`: the sources of bind mounts that were written relative.
    """

    def __init__(
        self, read: Read, labels: t.Mapping[str, str], fetch: Fetch = lambda path: None
    ) -> None:
        self._read = read
        self.fetch = fetch
        self._labels = dict(labels)
        self.files: dict[str, str] = {}
        self.warnings: dict[str, None] = {}
        self.relative: set[str] = set()
        self.parsed: dict[str, list[yaml12.Document]] = {}
        self.bases: dict[tuple[str, ...], t.Any] = {}

    def text(self, path: str) -> str | None:
        """The text of a file, or None where there is none."""
        if path not in self.files:
            try:
                self.files[path] = self._read(path)
            except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
                return None
            except (OSError, UnicodeDecodeError) as error:
                raise ComposeError(self.label(path), "can't be read: {0}".format(error)) from None
        return self.files[path]

    def documents(self, path: str) -> list[yaml12.Document]:
        """The documents of a YAML file that must be there."""
        if path not in self.parsed:
            label = self.label(path)
            self.parsed[path] = yaml12.parse(self.needed(path, label), label)
        return self.parsed[path]

    def needed(self, path: str, where: str) -> str:
        """The text of a file that must be there; `where` names it."""
        found = self.text(path)
        if found is None and REMOTE.search(path):
            raise ComposeError(
                where, "{0} isn't a file of the controller".format(path), "copy it beside this file"
            )
        if found is None:
            raise ComposeError(
                where, "no file {0}".format(self.label(path)), "create it, or correct the path"
            )
        return found

    def warn(self, text: str) -> None:
        """Notes a warning, once."""
        self.warnings.setdefault(text)

    def label(self, path: str) -> str:
        """A file as users named it, or as seen from a file that they named."""
        if path in self._labels:
            return self._labels[path]
        for known, label in self._labels.items():
            folder = posixpath.dirname(known)
            if folder and path.startswith(folder + "/"):
                return posixpath.join(posixpath.dirname(label), path[len(folder) + 1 :])
        return path


@dataclasses.dataclass(frozen=True)
class Phases:
    """Which phases run."""

    extends: bool = True
    include: bool = True
    validate: bool = True
    defaults: bool = True
    paths: bool = True
    normalize: bool = True
    consistency: bool = True


@dataclasses.dataclass(frozen=True)
class Scene:
    """One model's surroundings.

    `folder` is where files are looked for, `base` what the paths of the model start with, `trail`
    the files whose includes are being followed.
    """

    desk: Desk
    folder: str
    base: str
    environment: t.Mapping[str, str]
    phases: Phases
    trail: tuple[str, ...] = ()

    def find(self, path: str) -> str:
        """Where a file that is named in the model lies; a remote one, where it was fetched to."""
        return self.desk.fetch(path) or (path if REMOTE.match(path) else join(self.folder, path))

    def is_remote(self, path: str) -> bool:
        """Whether a file isn't one of this machine."""
        return bool(REMOTE.match(path) or self.desk.fetch(path))

    def seen_folder(self, path: str) -> str:
        """A directory as seen from the folder."""
        return relative(self.folder, join(self.folder, path))

    def seen_folder_of(self, path: str) -> str:
        """The directory of a file as seen from the folder."""
        return self.seen_folder(posixpath.dirname(path) or ".")
