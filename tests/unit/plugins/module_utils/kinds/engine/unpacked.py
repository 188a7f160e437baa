# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The archives of a host of a few lines."""

from __future__ import annotations

import contextlib
import typing as t


class Unpacked:
    """What is unpacked, in as many touches as it can be seen in."""

    def __init__(self, story: t.Mapping[str, t.Any], touch: t.Callable[[str], None]) -> None:
        self.there = {name: tuple(bad) for name, bad in story.get("archives", {}).items()}
        self.left = tuple(story.get("left", ()))
        self._story, self._touch = story, touch

    def look(self, root: str) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
        return dict(self.there), self.left

    def problem(self, path: str, digits: str) -> str:
        return str(self._story.get("problem", ""))

    def unpack(self, root: str, digits: str, source: str, choose: t.Any) -> None:
        self._touch("unpack a half")
        self.left = (".unpack-half",)
        self._touch("unpack the whole")
        self.there[digits], self.left = (), ()

    def remove(self, root: str, names: t.Iterable[str]) -> None:
        for name in names:
            self._touch("give up {0}".format(name))
            self.there.pop(name, None)
            self.left = tuple(each for each in self.left if each != name)

    def fetched(self, root: str, url: str) -> t.Any:
        self._touch("fetch {0}".format(url))
        return contextlib.nullcontext(url)

    def opened(self, path: str) -> t.Any:
        return contextlib.nullcontext(path)

    def is_deadly(self, version: str | None) -> bool:
        return version is not None and version in self._story.get("deadly", ())
