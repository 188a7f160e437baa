# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Versions of packages: what a wish like `26.1` matches, and which of two is the newer one."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import StepError

MANY = 12
NUMBERS = re.compile(r"\d+(?:\.\d+)*")
WISH = re.compile(r"(?:\d+:)?\d[\w.+~^-]*\Z")
ACCEPTED = "a version in quotes, such as '26.1', '26.1.5' or the whole version of the package"


def read(value: t.Any) -> str:
    """A version as the user wrote it; a number isn't one, since 26.10 would be 26.1."""
    if not isinstance(value, str) or not WISH.match(value):
        raise ValueError(ACCEPTED)
    return value


def without_epoch(version: str) -> str:
    """A version without the number that its package began to count anew from."""
    return version.rpartition(":")[2]


def matches(wish: t.Any, version: t.Any) -> bool:
    """Whether a version is the one that is wished for, or begins with it; no wish takes any."""
    if wish is None:
        return True
    asked, found = without_epoch(wish), without_epoch(version or "")
    return found.startswith(asked) and not (
        asked[-1:].isdigit() and found[len(asked) : len(asked) + 1].isdigit()
    )


def choose(wish: str, offered: t.Iterable[str]) -> str | None:
    """The first of the offered versions that matches."""
    return next((version for version in offered if matches(wish, version)), None)


def number(version: str) -> str:
    """What the engine itself calls a version of its package: `20.10.24`."""
    found = NUMBERS.match(without_epoch(version))
    return found.group() if found else ""


def is_older(wish: str, version: str) -> bool:
    """Whether what is wished for is older than a version that it doesn't match."""
    asked, found = order(wish), order(version)
    return asked < found[: len(asked)]


def shown(wish: str, version: str) -> str:
    """A version in as many words as the wish is said in."""
    is_short = NUMBERS.fullmatch(wish) is not None
    return (number(version) if is_short else "") or version


def not_offered(name: str, wish: str, offered: t.Sequence[str]) -> StepError:
    """The refusal of a version that can't be had, with those that can."""
    more = ["and {0} older ones".format(len(offered) - MANY)] if len(offered) > MANY else []
    there = ", ".join([*offered[:MANY], *more]) or "none at all"
    return StepError(
        "engine docker.version",
        "{0} {1!r} is not offered".format(name, wish),
        "offered are: {0}; set version to one of them".format(there),
    )


def order(version: str) -> list[int]:
    """The numbers of a version, by which it stands before or after another."""
    return [int(part) for part in re.findall(r"\d+", without_epoch(version))]
