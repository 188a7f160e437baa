# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of the parts of a canonical model: what excludes what, and what needs what."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.compose.tree import (
    Path,
    Where,
    rewrite,
    table,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import ComposeError

Rule = t.Callable[[t.Any], t.Optional[str]]
FREE_OF_EXTERNAL = ("name", "external")


def _volume(value: t.Any) -> str | None:
    if not isinstance(value, dict) or value.get("external") is not True:
        return None
    others = [key for key in value if key not in FREE_OF_EXTERNAL and not key.startswith("x-")]
    return "external excludes {0}".format(", ".join(others)) if others else None


def _source(*keys: str) -> Rule:
    def rule(value: t.Any) -> str | None:
        given = [key for key in keys if key in (value or {})]
        if len(given) > 1:
            return "{0} exclude each other".format(" and ".join(given))
        if given or "driver" in (value or {}) or "external" in (value or {}):
            return None
        return "one of {0} or external is needed".format(", ".join(keys))

    return rule


def _path(value: t.Any) -> str | None:
    return "the path is empty" if value == "" else None


def _devices(value: t.Any) -> str | None:
    return (
        "count and device_ids exclude each other"
        if "count" in value and "device_ids" in value
        else None
    )


ROWS: t.Any = table(
    {
        "volumes.*": _volume,
        "configs.*": _source("file", "environment", "content"),
        "secrets.*": _source("file", "environment"),
        "services.*.develop.watch.*.path": _path,
        "services.*.deploy.resources.reservations.devices.*": _devices,
        "services.*.gpus.*": _devices,
    }
)


def check(model: dict[str, t.Any], where: Where) -> None:
    """Raises ComposeError at the first part that breaks its rule."""

    def judge(rule: Rule, value: t.Any, path: Path) -> t.Any:
        problem = rule(value)
        if problem:
            raise ComposeError(
                where(path), problem, "keep one of them" if "exclude" in problem else ""
            )
        return value

    rewrite(model, ROWS, judge)
