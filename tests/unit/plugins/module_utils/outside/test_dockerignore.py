# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A .dockerignore file leaves out what it leaves out for Docker."""

from __future__ import annotations

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.outside.dockerignore import read

# (patterns, path, is it left out): Docker's documentation, and the cases of its pattern matcher.
CASES = [
    ("", "a", False),
    ("# a", "a", False),
    ("\ufeffa", "a", True),
    ("a", "a", True),
    ("a", "a/b", True),
    ("a", "ab", False),
    ("a", "b/a", False),
    ("/a", "a", True),
    ("./a/", "a", True),
    ("a/../b", "b", True),
    ("  a  ", "a", True),
    ("a\r", "a", True),
    (".", "a", False),
    ("/", "a", False),
    ("*", "a", True),
    ("*", ".hidden", True),
    ("*/temp*", "somedir/temporary.txt", True),
    ("*/temp*", "somedir/temp", True),
    ("*/temp*", "somedir/x/temp", False),
    ("*/*/temp*", "somedir/subdir/temporary.txt", True),
    ("temp?", "tempa", True),
    ("temp?", "temp", False),
    ("temp?", "temp/", False),
    ("**", "a/b", True),
    ("**/", "a", True),
    ("**/*.go", "a.go", True),
    ("**/*.go", "x/y/a.go", True),
    ("**/*.go", "x/y/a.gox", False),
    ("a/**", "a", False),
    ("a/**", "a/b/c", True),
    ("a/**/c", "a/c", True),
    ("a/**/c", "a/b/b/c", True),
    ("a/**/c", "a/bc", False),
    ("**.log", "x/y.log", True),
    ("**.log", "x/y.logs", False),
    ("a.c", "abc", False),
    ("a[b-d]e", "ace", True),
    ("a[b-d]e", "aze", False),
    ("a[^b-d]e", "aze", True),
    ("a[^b-d]e", "ace", False),
    ("a[[]e", "a[e", True),
    ("a\\*b", "a*b", True),
    ("a\\*b", "axb", False),
    ("a]b", "a]b", True),
    ("(a|b)+$", "(a|b)+$", True),
    ("*.md\n!README.md", "README.md", False),
    ("*.md\n!README.md", "OTHER.md", True),
    ("*.md\n!README*.md\nREADME-secret.md", "README-secret.md", True),
    ("*.md\nREADME-secret.md\n!README*.md", "README-secret.md", False),
    ("!README.md\n*.md", "README.md", True),
    ("*\n!src", "src/main.c", False),
    ("*\n! src", "src", False),
    ("*\n!src\nsrc/*.o", "src/main.o", True),
    ("a\nb", "b\nc", False),
]


@pytest.mark.parametrize(("text", "path", "left_out"), CASES)
def test_a_path_is_left_out_as_docker_leaves_it_out(text: str, path: str, left_out: bool) -> None:
    assert read(text)(path) is left_out


@pytest.mark.parametrize(
    ("text", "directory", "kept"),
    [
        ("*", "a", False),
        ("*\n!a/b/c", "a", True),
        ("*\n!a/b/c", "a/b", True),
        ("*\n!a/b/c", "b", False),
        ("*\n!ab", "a", False),
        ("*\n!a\na/b", "a/b", True),
        ("*\n!**/keep", "x/y", True),
        ("*\n!src/*.c", "src", True),
        ("*\n!src/*.c", "node_modules", False),
    ],
)
def test_an_ignored_directory_is_entered_only_where_something_could_be_brought_back(
    text: str, directory: str, kept: bool
) -> None:
    assert read(text).keeps_below(directory) is kept


@pytest.mark.parametrize("text", ["a\n[", "a\na[]b", "a\nb\\", "a\n!", "a\n[z-a]"])
def test_a_malformed_pattern_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(InputError) as caught:
        read(text, "web/.dockerignore")
    assert str(caught.value).startswith("web/.dockerignore:2: found ")
