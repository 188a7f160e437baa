# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Subordinate ids: the ranges of numbers that a user may have others stand for in a namespace."""

from __future__ import annotations

import typing as t

ENOUGH = 65536
# As useradd gives them out (SUB_UID_MIN and SUB_UID_MAX of login.defs).
LOWEST, HIGHEST = 100000, 600100000


class Range(t.NamedTuple):
    """Numbers that are given to a user, who is named or numbered."""

    owner: str
    first: int
    size: int

    @property
    def last(self) -> int:
        return self.first + self.size - 1

    def meets(self, other: Range) -> bool:
        """Whether any number is in both."""
        return self.first <= other.last and other.first <= self.last

    def __str__(self) -> str:
        return "{0}-{1}".format(self.first, self.last)


def parse(data: bytes | None) -> tuple[Range, ...]:
    """The ranges of a file; lines that are none are left alone, as the tools do it."""
    lines = (data or b"").decode("utf-8", "replace").splitlines()
    parts = [line.strip().split(":") for line in lines]
    return tuple(
        Range(each[0], int(each[1]), int(each[2]))
        for each in parts
        if len(each) == 3 and each[1].isdigit() and each[2].isdigit()
    )


def without(data: bytes, ranges: t.Iterable[Range]) -> bytes:
    """A file without these ranges, all else as it was."""
    gone = {"{0}:{1}:{2}".format(*each).encode() for each in ranges}
    return b"".join(line for line in data.splitlines(True) if line.strip() not in gone)


def has_enough(ranges: t.Iterable[Range], owners: t.Collection[str]) -> bool:
    """Whether a user has as many as an image may use."""
    return sum(each.size for each in ranges if each.owner in owners) >= ENOUGH


def free(ranges: t.Iterable[Range]) -> str:
    """The first numbers that nobody has, as `FIRST-LAST`; empty where there are none."""
    first = LOWEST
    for each in sorted(ranges, key=lambda taken: taken.first):
        if each.first >= first + ENOUGH:
            break
        first = max(first, each.last + 1)
    fits = first + ENOUGH - 1 <= HIGHEST
    return "{0}-{1}".format(first, first + ENOUGH - 1) if fits else ""


def still_free(texts: t.Iterable[str], ranges: t.Sequence[Range], owners: t.Collection[str]) -> str:
    """The first of these that nobody but the owners has got meanwhile."""
    others = [each for each in ranges if each.owner not in owners]
    known = (range_of(text) for text in texts)
    return next((str(each) for each in known if not any(map(each.meets, others))), "")


def range_of(text: str, owner: str = "") -> Range:
    """`FIRST-LAST` as a range."""
    first, _dash, last = text.partition("-")
    return Range(owner, int(first), int(last) - int(first) + 1)
