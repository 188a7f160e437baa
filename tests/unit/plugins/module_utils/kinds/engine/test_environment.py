# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine's environment: what is written is read back, and what is foreign stays."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import block
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.environment import (
    parse_drop_in,
    parse_exports,
    render_drop_in,
    render_exports,
)

NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=("C", "Z"), include_characters=" \"'\\%$"))
VARIABLES = st.dictionaries(NAMES, TEXTS, min_size=1)


@given(VARIABLES)
def test_a_drop_in_says_what_was_written(variables: dict[str, str]) -> None:
    assert parse_drop_in(render_drop_in(variables)) == variables


@given(VARIABLES)
def test_a_shells_lines_say_what_was_written(variables: dict[str, str]) -> None:
    assert parse_exports(render_exports(variables)) == variables


@pytest.mark.parametrize("text", ["it's", 'a "b"', "$HOME", "back\\slash", "100%"])
def test_a_shell_reads_the_same(text: str) -> None:
    script = render_exports({"ASKED": text}) + 'printf %s "$ASKED"'
    told = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout

    assert told == text


@pytest.mark.parametrize("text", ["", "A=1", "A=1\n", "# one\nA=1\n"])
def test_a_block_comes_and_goes_and_the_rest_stays(text: str) -> None:
    grafted = block.graft(text, "B=2\n")

    assert block.cut(grafted) == "B=2\n"
    assert block.graft(grafted, "B=2\n") == grafted
    assert block.graft(grafted, None).rstrip("\n") == text.rstrip("\n")
