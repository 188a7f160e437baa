# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which files and variables a project has when only its directory is known."""

from __future__ import annotations

import os
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.compose import dotenv
from ansible_collections.slipway.docker.plugins.module_utils.compose.scene import Desk
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import ComposeError

DEFAULT_FILES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")


def folder_of(files: t.Sequence[str], working_dir: str | None) -> str:
    """The project's directory: the given one, or that of the first file."""
    first = os.path.dirname(os.path.abspath(files[0])) if files else "."
    return os.path.abspath(working_dir or first)


def variables(
    env_files: t.Sequence[str] | None, folder: str, environment: t.Mapping[str, str], desk: Desk
) -> dict[str, str]:
    """The environment, over the variables of env files; None: .env, which may be absent."""
    found: dict[str, str] = {}
    for path in [os.path.join(folder, ".env")] if env_files is None else env_files:
        whole = os.path.abspath(path)
        label = desk.label(whole)
        text = desk.text(whole) if env_files is None else desk.needed(whole, label)
        found = dotenv.parse(text or "", environment.get, label, found)
    named = {key: value for key, value in found.items() if key and not key[0].isdigit()}
    return {**named, **environment}


def compose_files(
    files: t.Sequence[str], folder: str, known: t.Mapping[str, str], desk: Desk
) -> list[str]:
    """The given files, or those of COMPOSE_FILE, or the first default name that is there."""
    if files:
        return [os.path.abspath(file) for file in files]
    if known.get("COMPOSE_FILE"):
        separator = known.get("COMPOSE_PATH_SEPARATOR") or ":"
        return [os.path.join(folder, file) for file in known["COMPOSE_FILE"].split(separator)]
    for candidate in DEFAULT_FILES:
        path = os.path.join(folder, candidate)
        if desk.text(path) is not None:
            return [path, *_override(path, desk)]
    raise ComposeError(folder, "no Compose file", "add one of {0}".format(", ".join(DEFAULT_FILES)))


def _override(path: str, desk: Desk) -> list[str]:
    stem = os.path.splitext(path)[0]
    found = [stem + ".override" + ending for ending in (".yml", ".yaml")]
    return [one for one in found if desk.text(one) is not None][:1]


def profiles(given: t.Sequence[str], known: t.Mapping[str, str]) -> list[str]:
    """The given profiles, or those of COMPOSE_PROFILES."""
    listed = known.get("COMPOSE_PROFILES", "").split(",")
    return list(given) or [part.strip() for part in listed if part.strip()]
