# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files, variables and names are found as Compose finds them."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.compose.project import load
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import ComposeError

WEB = "services: {web: {image: nginx}}\n"


def reading(texts: t.Mapping[str, str]) -> t.Callable[[str], str]:
    """A reader of texts."""

    def read(path: str) -> str:
        try:
            return texts[path]
        except KeyError:
            raise FileNotFoundError(path) from None

    return read


@pytest.mark.parametrize(
    ("texts", "files"),
    [
        ({"compose.yaml": WEB, "docker-compose.yml": WEB}, ["compose.yaml"]),
        ({"docker-compose.yml": WEB}, ["docker-compose.yml"]),
        (
            {"compose.yml": WEB, "compose.override.yml": WEB},
            ["compose.yml", "compose.override.yml"],
        ),
        (
            {".env": "COMPOSE_FILE=a.yml:b/b.yml", "a.yml": WEB, "b/b.yml": WEB},
            ["a.yml", "b/b.yml"],
        ),
    ],
)
def test_files_are_found_in_the_directory(texts: dict[str, str], files: list[str]) -> None:
    lying = {"/shop/" + name: text for name, text in texts.items()}
    project = load([], read=reading(lying), working_dir="/shop")
    assert [file for file in project.files if not file.endswith(".env")] == [
        "/shop/" + file for file in files
    ]


def test_a_directory_without_a_file_is_refused() -> None:
    with pytest.raises(ComposeError, match="/shop: no Compose file"):
        load([], read=reading({}), working_dir="/shop")


def test_the_directory_names_the_project() -> None:
    texts = {"/srv/My Shop/compose.yml": WEB}
    assert load(["/srv/My Shop/compose.yml"], read=reading(texts)).name == "myshop"


def test_paths_count_from_the_working_directory_that_is_given() -> None:
    texts = {"/srv/a/compose.yml": "services: {web: {build: ./src}}\n"}
    project = load(["/srv/a/compose.yml"], read=reading(texts), working_dir="/other")
    assert project.services["web"]["build"]["context"] == "/other/src"


def test_named_env_files_stand_for_the_default_one() -> None:
    texts = {
        "/s/compose.yml": "services: {web: {image: '${A}${B}'}}\n",
        "/s/.env": "A=default\n",
        "/s/one.env": "A=one\nB=one\n",
        "/s/two.env": "B=two\n",
    }
    files = ["/s/one.env", "/s/two.env"]
    project = load(["/s/compose.yml"], read=reading(texts), env_files=files)
    assert project.services["web"]["image"] == "onetwo"


def test_every_file_that_was_read_is_told() -> None:
    texts = {
        "/s/compose.yml": (
            "include: [in.yml]\nservices: {web: {extends: {file: b.yml, service: b}}}\n"
        ),
        "/s/in.yml": "services: {db: {image: x, env_file: db.env}}\n",
        "/s/b.yml": "services: {b: {image: x}}\n",
        "/s/db.env": "A=1\n",
    }
    project = load(["/s/compose.yml"], read=reading(texts))
    assert sorted(project.files) == sorted(texts)


def test_a_file_that_cannot_be_read_is_named() -> None:
    def read(path: str) -> str:
        raise PermissionError(13, "Permission denied")

    with pytest.raises(ComposeError, match="/s/.env: can't be read: .*Permission denied"):
        load(["/s/compose.yml"], read=read)
