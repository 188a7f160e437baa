# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A recipe tells what a build is made of, and how its Dockerfile comes along."""

from __future__ import annotations

import json
import pathlib

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.outside import contexts


@pytest.fixture
def directory(tmp_path: pathlib.Path) -> pathlib.Path:
    """A context with two Dockerfiles, and one beside it."""
    top = tmp_path / "web"
    (top / "docker").mkdir(parents=True)
    (top / "Dockerfile").write_text("FROM a\n")
    (top / "docker" / "Other").write_text("FROM b\n")
    (tmp_path / "Beside").write_text("FROM c\n")
    return top


@pytest.mark.parametrize(
    ("build", "text", "inside"),
    [
        ({}, "FROM a\n", "Dockerfile"),
        ({"dockerfile": "docker/Other"}, "FROM b\n", "docker/Other"),
        ({"dockerfile": "../Beside"}, "FROM c\n", ""),
        ({"dockerfile_inline": "FROM d"}, "FROM d", ""),
    ],
)
def test_a_recipe_is_plain_data(
    directory: pathlib.Path, build: dict[str, str], text: str, inside: str
) -> None:
    recipe, entries = contexts.read(str(directory), build)
    assert json.loads(json.dumps(recipe)) == recipe
    assert (recipe["dockerfile"], recipe["inside"], recipe["ignore"]) == (text, inside, None)
    assert list(entries) == ["Dockerfile", "docker", "docker/Other"]


def test_a_dockerfile_from_elsewhere_has_an_absolute_path(directory: pathlib.Path) -> None:
    recipe, _entries = contexts.read(
        str(directory), {"dockerfile": str(directory.parent / "Beside")}
    )
    assert (recipe["dockerfile"], recipe["inside"]) == ("FROM c\n", "")


@pytest.mark.parametrize(
    ("ignore", "inside", "told"),
    [
        ("x\n", "Dockerfile", "x\n"),
        ("Dockerfile\n", "", "Dockerfile\n"),
        (".dockerignore\n", "Dockerfile", None),
        ("*\n", "", None),
    ],
)
def test_an_ignored_dockerfile_comes_along_beside_the_tree(
    directory: pathlib.Path, ignore: str, inside: str, told: str | None
) -> None:
    (directory / ".dockerignore").write_text(ignore)
    recipe, _entries = contexts.read(str(directory), {})
    assert (recipe["inside"], recipe["ignore"]) == (inside, told)


def test_an_inline_dockerfile_has_no_ignore_file_of_its_own(directory: pathlib.Path) -> None:
    (directory / "Dockerfile.dockerignore").write_text("docker\n")
    _recipe, entries = contexts.read(str(directory), {"dockerfile_inline": "FROM a"})
    assert "docker/Other" in entries
    _recipe, entries = contexts.read(str(directory), {})
    assert "docker/Other" not in entries


def test_the_text_of_a_dockerfile_is_content_wherever_it_stands(directory: pathlib.Path) -> None:
    one, _entries = contexts.read(str(directory), {"dockerfile_inline": "FROM a"})
    other, _entries = contexts.read(str(directory), {"dockerfile_inline": "FROM b"})
    assert one["context"] == other["context"]
    assert one["dockerfile_digest"] != other["dockerfile_digest"]


@pytest.mark.parametrize(
    "context",
    ["https://example.com/a.git", "git@example.com:a", "git://a", "github.com/a/b", "ssh://a", "-"],
)
def test_a_context_that_is_no_directory_is_refused(context: str) -> None:
    with pytest.raises(InputError, match="^build.context: found .*accepted is a directory"):
        contexts.read(context, {})


@pytest.mark.parametrize(
    ("content", "words"), [(None, "no such Dockerfile"), (b"\n \n", "is empty")]
)
def test_a_dockerfile_that_is_none_is_refused(
    directory: pathlib.Path, content: bytes | None, words: str
) -> None:
    (directory / "Dockerfile").unlink()
    if content is not None:
        (directory / "Dockerfile").write_bytes(content)
    with pytest.raises(InputError, match=words):
        contexts.read(str(directory), {})


def test_a_directory_is_no_dockerfile(directory: pathlib.Path) -> None:
    with pytest.raises(InputError, match="docker: the Dockerfile can't be read"):
        contexts.read(str(directory), {"dockerfile": "docker"})
