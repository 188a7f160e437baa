# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that a service takes variables and labels from."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.compose import dotenv
from ansible_collections.slipway.docker.plugins.module_utils.compose.normalize import inherit
from ansible_collections.slipway.docker.plugins.module_utils.compose.scene import Desk
from ansible_collections.slipway.docker.plugins.module_utils.compose.tree import Where
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import ComposeError

Model = t.Dict[str, t.Any]
FORMATS: dict[str, t.Callable[[str, t.Callable[[str], str | None], str], dict[str, str]]] = {
    "": dotenv.parse,
    "raw": dotenv.parse_raw,
}


def resolve_files(
    name: str, service: Model, environment: t.Mapping[str, str], desk: Desk, where: Where
) -> Model:
    """A copy of the service with the variables of its env files, and labels of its label files."""
    place = ("services", name)
    found = dict(service)
    if service.get("environment") or service.get("env_file"):
        own = inherit(service.get("environment") or {}, environment, keep=True)
        found["environment"] = {**_variables(service, environment, desk, where, place), **own}
    if service.get("label_file"):
        found["labels"] = {**_labels(service, desk, where, place), **(service.get("labels") or {})}
    return found


def _variables(
    service: Model,
    environment: t.Mapping[str, str],
    desk: Desk,
    where: Where,
    place: tuple[str, ...],
) -> dict[str, str]:
    found: dict[str, str] = {}
    for index, entry in enumerate(service.get("env_file") or ()):
        spot = where(place + ("env_file", index))
        text = (
            desk.needed(entry["path"], spot)
            if entry.get("required", True)
            else desk.text(entry["path"])
        )
        parse = FORMATS.get(entry.get("format") or "")
        if text is None:
            continue
        if parse is None:
            problem = "the format {0!r} is unknown".format(entry["format"])
            raise ComposeError(
                where(place + ("env_file", index, "format")), problem, "accepted: raw, or no format"
            )
        found.update(
            _named(
                parse(
                    text,
                    lambda key: found.get(key, environment.get(key)),
                    desk.label(entry["path"]),
                )
            )
        )
    return found


def _labels(service: Model, desk: Desk, where: Where, place: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for index, path in enumerate(service["label_file"]):
        text = desk.needed(path, where(place + ("label_file", index)))
        found.update(_named(dotenv.parse(text, found.get, desk.label(path))))
    return found


def _named(variables: dict[str, str]) -> dict[str, str]:
    return {key: value for key, value in variables.items() if key}
