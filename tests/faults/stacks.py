# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stacks as data: what a Compose file says, and what can be seen when all is well."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import typing as t

from ansible_collections.slipway.docker.plugins.action.stack import as_argument
from ansible_collections.slipway.docker.plugins.module_utils.compose import wanted
from ansible_collections.slipway.docker.plugins.module_utils.compose.project import load
from ansible_collections.slipway.docker.plugins.plugin_utils.cargo import Cargo

PROJECT = "slipway-faults"
Keys = t.Mapping[str, t.Any]


@dataclasses.dataclass(frozen=True)
class Stack:
    """A project as it is to be.

    ``top``: the other sections of its file; ``files``: what lies beside it; ``pages``: by service
    and path what each of its containers answers.
    """

    services: Keys = dataclasses.field(default_factory=dict)
    top: Keys = dataclasses.field(default_factory=dict)
    files: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    pages: t.Mapping[str, t.Mapping[str, str]] = dataclasses.field(default_factory=dict)
    options: Keys = dataclasses.field(default_factory=dict)

    def write(self, folder: pathlib.Path) -> pathlib.Path:
        """The project's files in a folder; returns the Compose file."""
        for name, content in self.files.items():
            (folder / name).write_text(content)
        path = folder / "compose.yml"
        path.write_text(json.dumps({"name": PROJECT, "services": self.services, **self.top}))
        return path


@dataclasses.dataclass(frozen=True)
class Declared:
    """A stack as the module is handed it, its content along."""

    stack: Stack
    arguments: Keys

    def names(self, kind: str) -> list[str]:
        """The names of its resources of a kind."""
        resources = self.arguments["resources"]
        return sorted(each["name"] for each in resources if each["kind"] == kind)


def declare(stack: Stack, folder: pathlib.Path) -> Declared:
    """What the action plugin makes of a stack; its files go to a directory below the folder."""
    folder.mkdir(parents=True)
    cargo = Cargo()
    resources = _resources(stack, folder, cargo) if stack.services else ()
    parcels = folder / "parcels.tar"
    cargo.pack([each.fields["content"] for each in resources if each.kind == "tree"], str(parcels))
    arguments = {
        "resources": [as_argument(each) for each in resources],
        "project": PROJECT,
        "orphans": "remove",
        "_parcels": str(parcels),
        **stack.options,
    }
    return Declared(stack, arguments)


def _resources(stack: Stack, folder: pathlib.Path, cargo: Cargo) -> tuple[t.Any, ...]:
    path = str(stack.write(folder))
    project = load([path], read=lambda name: pathlib.Path(name).read_text(), strict=True)
    manner = wanted.Manner(directory=str(folder.parent / "placed"), wait=False, wait_timeout=20)
    return wanted.wanted(project, manner, cargo)
