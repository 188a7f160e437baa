# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Projects loaded from texts, as if they lay in the directory /shop."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.compose.project import Project, load

FOLDER = "/shop/"
OPTIONS = ("environment", "env_files", "name", "profiles", "strict")


def loaded(texts: t.Mapping[str, str], **wanted: t.Any) -> Project:
    """The project of some texts; `load` names the Compose files, compose.yml if left out."""
    lying = {FOLDER + name: text for name, text in texts.items()}

    def read(path: str) -> str:
        if path not in lying:
            raise FileNotFoundError(path)
        return lying[path]

    options = {key: wanted[key] for key in OPTIONS if key in wanted}
    if "env_files" in options:
        options["env_files"] = [FOLDER + name for name in options["env_files"]]
    files = [FOLDER + name for name in wanted.get("load", ["compose.yml"])]
    return load(files, read=read, **options)


def plain(text: str) -> str:
    """A text without the directory's name."""
    return text.replace(FOLDER, "")
