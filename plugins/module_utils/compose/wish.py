# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be loaded, and what the project is called."""

from __future__ import annotations

import dataclasses
import re
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.compose.scene import Desk, Phases
from ansible_collections.slipway.docker.plugins.module_utils.compose.template import (
    TemplateError,
    substitute,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import ComposeError

NAME_RULE = "lowercase letters, digits, - and _, beginning with a letter or a digit"


@dataclasses.dataclass(frozen=True)
class Wish:
    """What is to be loaded: files, where paths count from, names, profiles, services, phases."""

    files: t.Sequence[str]
    folder: str
    environment: t.Mapping[str, str]
    name: str = ""
    named: bool = False
    profiles: t.Sequence[str] = ()
    services: t.Sequence[str] = ()
    phases: Phases = Phases()
    strict: bool = False


def normalize_name(text: str) -> str:
    """A project's name made of any text."""
    return re.sub(r"[^a-z0-9_-]", "", text.lower()).lstrip("_-")


def project_name(wish: Wish, desk: Desk) -> str:
    """The wish's own name, or the last one that its files give, or the directory's."""
    if wish.named:
        if normalize_name(wish.name) != wish.name:
            problem = "the project name {0!r} isn't valid".format(wish.name)
            raise ComposeError("name", problem, "accepted: " + NAME_RULE)
        return wish.name
    given = [(file, name) for file in wish.files for name in _names(file, desk)]
    if not given:
        return wish.name
    file, name = given[-1]
    try:
        return normalize_name(substitute(name, wish.environment.get)) or wish.name
    except TemplateError as error:
        raise ComposeError(desk.label(file) + ": name", str(error), error.hint) from None


def _names(file: str, desk: Desk) -> t.Iterator[str]:
    for document in desk.documents(file):
        name = document.value.get("name") if isinstance(document.value, dict) else None
        if isinstance(name, str) and name:
            yield name
