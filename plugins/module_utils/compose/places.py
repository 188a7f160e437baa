# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the values of a model stand: in which file, on which line."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.compose.tree import Path, dotted


@dataclasses.dataclass(frozen=True)
class Page:
    """One document of a file: the file's name as users know it, and the line of every path."""

    label: str
    lines: t.Mapping[Path, int]

    def at(self, path: Path) -> str:
        """The file, the line and the path; the nearest line above stands in for an unknown one."""
        return _say(self.label, self._line(path), path)

    def depth(self, path: Path) -> int:
        """How much of the path stands in this document."""
        return max(
            (size for size in range(len(path), 0, -1) if path[:size] in self.lines), default=0
        )

    def _line(self, path: Path) -> int | None:
        return next(
            (
                self.lines[path[:size]]
                for size in range(len(path), -1, -1)
                if path[:size] in self.lines
            ),
            None,
        )


@dataclasses.dataclass(frozen=True)
class Pages:
    """All documents that made one model, in the order in which they were merged."""

    pages: tuple[Page, ...] = ()

    def plus(self, *pages: Page) -> Pages:
        """These pages and more."""
        return Pages(self.pages + pages)

    def at(self, path: Path) -> str:
        """The place of a path in the last document that says most of it."""
        best, best_depth = None, -1
        for page in self.pages:
            depth = page.depth(path)
            if depth >= best_depth:
                best, best_depth = page, depth
        return best.at(path) if best else dotted(path)


def under(where: str) -> t.Callable[[Path], str]:
    """Places below a known place, for a mapping that stands in no file."""
    return lambda path: ".".join(part for part in (where, dotted(path)) if part)


def _say(label: str, line: int | None, path: Path) -> str:
    head = label if line is None else "{0}:{1}".format(label, line)
    return "{0}: {1}".format(head, dotted(path)) if path else head
