# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Env files are read as Compose reads them."""

from __future__ import annotations

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.compose.dotenv import parse, parse_raw
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import ComposeError

KNOWN = {"HOME": "/root", "A": "outside"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", {}),
        ("# nothing\n\n  # more", {}),
        ("B=1\nC: 2\nexport D=3\n", {"B": "1", "C": "2", "D": "3"}),
        ("\ufeffB=1\r\nC=2\r\n", {"B": "1", "C": "2"}),
        ("HOME\nNONE\n", {"HOME": "/root"}),
        ("HOME", {"HOME": "/root"}),
        ("B=1 # comment\nC=1#2\n", {"B": "1", "C": "1#2"}),
        ("B='$A # \\'x'\n", {"B": "$A # 'x"}),
        ('B="a\\nb\\t$A \\$A \\101"\n', {"B": "a\nb\toutside $A \\101"}),
        ('B="\\0101"\n', {"B": "A"}),
        ('B="two\nlines"\nC=1\n', {"B": "two\nlines", "C": "1"}),
        ("B=1\nC=$B-${A}\n", {"B": "1", "C": "1-outside"}),
        ("A=inside\nB=$A\n", {"A": "inside", "B": "outside"}),
        ("B=1\nB=2\n", {"B": "2"}),
        ("a.b-c[0]=1\n", {"a.b-c[0]": "1"}),
        ("B=\nC=\n", {"B": "", "C": ""}),
    ],
)
def test_a_text_says(text: str, found: dict[str, str]) -> None:
    assert parse(text, KNOWN.get) == found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("B=1\nA B=1\n", "x.env:2: the key 'A B' holds a space"),
        ("B!=1\n", "x.env:1: found '!' in the name of a variable: 'B!=1'"),
        ("\nB='1\n", "x.env:2: the quote of '1 isn't closed"),
        ("B=${C:?why}\n", "x.env:1: B: the required variable C is not set: why"),
        ("B=${C\n", "x.env:1: B: the template '${C' has a ${ without its }"),
    ],
)
def test_a_text_is_refused(text: str, said: str) -> None:
    with pytest.raises(ComposeError) as refusal:
        parse(text, KNOWN.get, "x.env")
    assert str(refusal.value).startswith(said)


def test_a_raw_file_is_taken_as_it_is() -> None:
    assert parse_raw("# no\nB='$A' # x\nHOME\nNONE\n", KNOWN.get) == {
        "B": "'$A' # x",
        "HOME": "/root",
    }


def test_a_raw_file_with_a_key_of_two_words_is_refused() -> None:
    with pytest.raises(ComposeError, match="x.env:1"):
        parse_raw("A B=1\n", KNOWN.get, "x.env")
