# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words of which the shape of a Compose file is made.

`str span int num bool null any`, joined by `|`; `[x]` is a list of x, and `[x]!` one without
repetitions; `{x}` maps any name to x, and `{x}:` any name that Compose takes; `@name` is a shape of
another table; `=a,b` is one of these texts; `/x/` is a text that matches; `int(0..9)` has bounds.
"""

from __future__ import annotations

import typing as t

NAME = "^[a-zA-Z0-9._-]+$"
SCALAR = "str|num|bool|null"
PAIRS = "{{{0}}}|[str]!".format(SCALAR)
FLAG = "bool|str"
WHOLE = "int|str"
NUMBER = "num|str"
ONE_OR_MANY = "str|[str]!"
COMMAND = "null|str|[str]"
OPTIONS = "{str|num}"
PULL_POLICY = (
    "always|never|build|if_not_present|missing|refresh|daily|weekly|every_([0-9]+[wdhms])+"
)
HOSTS = "{str|[str]}|[str]!"

Rows = t.Mapping[str, str]


class Shape(t.NamedTuple):
    """A mapping: its keys, those it needs, whether `x-` keys may stand in it, or null for it."""

    rows: Rows
    needs: tuple[str, ...] = ()
    extended: bool = True
    nullable: bool = False


def rows(words: str, *keys: str) -> dict[str, str]:
    """Several keys that take the same."""
    return {key: words for line in keys for key in line.split()}
