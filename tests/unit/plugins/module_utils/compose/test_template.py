# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables are replaced as Compose replaces them."""

from __future__ import annotations

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.compose.template import (
    TemplateError,
    substitute,
)

KNOWN = {"A": "a", "EMPTY": "", "NESTED": "n"}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("plain", "plain"),
        ("$A ${A}", "a a"),
        ("$a", ""),
        ("$$A $$$A", "$A $a"),
        ("$1 $ ${A}$", "$1 $ a$"),
        ("${B}", ""),
        ("${B-x} ${B:-x} ${EMPTY-x} ${EMPTY:-x}", "x x  x"),
        ("${A+x} ${A:+x} ${EMPTY+x} ${EMPTY:+x} ${B+x}", "x x x  "),
        ("${A?x} ${A:?x} ${EMPTY?x}", "a a "),
        ("${B:-${C:-${NESTED}}}", "n"),
        ('${B:-{"a": {}}}', '{"a": {}}'),
        ("${B-a:-b} ${B:-a-b}", "a:-b a-b"),
        ("${A?${B?never asked}}", "a"),
        ("${A}}", "a}"),
    ],
)
def test_a_text_becomes(text: str, found: str) -> None:
    assert substitute(text, KNOWN.get) == found


@pytest.mark.parametrize(
    "text", ["${", "${A", "${}", "${ A}", "${A!x}", "${A:x}", "${1}", "${B:-${A}", "${B:-a\nb}"]
)
def test_a_text_that_is_no_template_is_refused(text: str) -> None:
    with pytest.raises(TemplateError, match="template"):
        substitute(text, KNOWN.get)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("${B?}", "the required variable B is not set"),
        ("${B?why $A}", "the required variable B is not set: why a"),
        ("${EMPTY:?why}", "the required variable EMPTY is empty: why"),
    ],
)
def test_a_missing_variable_is_named(text: str, said: str) -> None:
    with pytest.raises(TemplateError) as refusal:
        substitute(text, KNOWN.get)
    assert str(refusal.value) == said


def test_what_is_nested_without_end_is_refused() -> None:
    with pytest.raises(TemplateError, match="deeper"):
        substitute("${B:-" * 200 + "}" * 200, KNOWN.get)


def test_unset_variables_are_told_once_each_time_they_are_used() -> None:
    missed: list[str] = []
    substitute("$A $B ${C} ${D:-x} ${B}", KNOWN.get, missed.append)
    assert missed == ["B", "C", "B"]
