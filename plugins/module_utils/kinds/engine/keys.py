# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys of daemon.json one by one: refused by place, for this engine's version as well."""

from __future__ import annotations

import difflib
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.core.hide import display
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import packages
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.facts import (
    EngineFacts,
    HostFacts,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.fields import (
    IGNORED,
    KEYS,
    NAMES,
    NOT_YET,
)

WHERE = "engine docker.config"


def check_keys(declared: t.Mapping[str, t.Any]) -> None:
    """Refuse keys that no engine knows, those that aren't supported yet, and misfitting values."""
    for name, value in declared.items():
        problem = _problem(str(name))
        if problem is not None:
            raise InputError("{0}.{1}".format(WHERE, name), *problem)
        _check_value(name, value)


def _problem(name: str) -> tuple[str, str] | None:
    if name in IGNORED:
        return "this key has no effect in daemon.json", IGNORED[name]
    if name not in NAMES:
        near = difflib.get_close_matches(name, NAMES, 1)
        hint = "see docs/engine-keys.md for the keys of daemon.json"
        return "no such key of daemon.json", "did you mean {0}?".format(near[0]) if near else hint
    if name in NOT_YET:
        return "this key is not supported yet", NOT_YET[name]
    return None


def _check_value(name: str, value: t.Any) -> None:
    try:
        KEYS[name].type.read(value)
    except ValueError as error:
        place, found = getattr(error, "place", ""), getattr(error, "found", value)
        raise InputError(
            "{0}.{1}{2}".format(WHERE, name, place),
            "found {0}".format(display(place or name, found)),
            "accepted is {0}".format(error),
        ) from None


def version(host: HostFacts, engine: EngineFacts | None, asked: str = "") -> str:
    """The version of the engine that takes the file; empty where that isn't known yet."""
    runs = str(engine.version.get("Version", "")) if engine else ""
    return asked or runs or host.installed.get(packages.engine_of(host), "")


def check_versions(wanted: t.Mapping[str, t.Any], version: str) -> None:
    """Refuse keys that this version of the engine doesn't know, or not any more."""
    for name in wanted:
        problem = KEYS[name].misfit(version) if name in KEYS else None
        if problem is not None:
            raise InputError("{0}.{1}".format(WHERE, name), *problem)
