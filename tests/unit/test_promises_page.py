# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page about promises names tests that are there, and some for each promise."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[2]
PAGE = (HOUSE / "docs" / "promises.md").read_text()
PLACES = ("tests/", "molecule/", "playbooks/", "docs/")
NAMED = sorted({name for name in re.findall(r"`([^`\s]+)`", PAGE) if name.startswith(PLACES)})
PROMISES = [
    chapter for chapter in re.split(r"^## ", PAGE, flags=re.MULTILINE) if chapter[0].isdigit()
]


def named_in(path: Path) -> set[str]:
    """The names of a file's tests, in a class or not."""
    nodes = ast.walk(ast.parse(path.read_text()))
    return {node.name for node in nodes if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("name", NAMED)
def test_what_the_page_names_is_there(name: str) -> None:
    path, _colons, test = name.partition("::")

    assert (HOUSE / path).exists()
    assert not test or test in named_in(HOUSE / path)


def test_the_page_has_the_nine_promises_in_their_order() -> None:
    assert [int(re.match(r"\d+", chapter)[0]) for chapter in PROMISES] == list(range(1, 10))  # type: ignore[index]


@pytest.mark.parametrize("promise", PROMISES, ids=lambda chapter: chapter.splitlines()[0])
def test_each_promise_has_tests(promise: str) -> None:
    assert re.search(r"`(tests|molecule)/[^`]+::test_", promise)


def test_a_name_of_a_test_stands_nowhere_without_its_file() -> None:
    assert re.findall(r"`test_\w+`", PAGE) == []
