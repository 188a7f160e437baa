# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the replicas of a service are replaced: `deploy.update_config`, for a plain engine."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.codec import (
    SPANS,
    read_duration,
    read_integer,
    read_number,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import ComposeError
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Fate

PAUSE, CONTINUE, ROLLBACK = "pause", "continue", "rollback"
Read = t.Callable[[t.Any], t.Any]


def _one_of(*choices: str) -> Read:
    def read(value: t.Any) -> str:
        if value not in choices:
            raise ValueError("one of {0}".format(", ".join(choices)))
        return str(value)

    return read


def _count(value: t.Any) -> int:
    if read_integer(value) < 0:
        raise ValueError("a whole number from 0")
    return read_integer(value)


def _share(value: t.Any) -> float:
    if not 0 <= read_number(value) <= 1:
        raise ValueError("a number from 0 to 1")
    return read_number(value)


def _seconds(value: t.Any) -> float:
    return read_duration(value) / SPANS["s"]


READERS: dict[str, Read] = {
    "parallelism": _count,
    "delay": _seconds,
    "monitor": _seconds,
    "failure_action": _one_of(PAUSE, CONTINUE, ROLLBACK),
    "max_failure_ratio": _share,
    "order": _one_of("stop-first", "start-first"),
}


def update_options(project: t.Any, service: str, names: t.Sequence[str]) -> dict[str, t.Any]:
    """What the containers of a service are told of how they are replaced."""
    config = _read(project, service)
    if config is None:
        return {}
    options: dict[str, t.Any] = {
        "update_config": {
            "order": config.get("order", "stop-first"),
            "parallelism": config.get("parallelism", 1),
            "delay": config.get("delay", 0),
            "replicas": list(names),
        }
    }
    if "monitor" in config:
        options["monitor"] = config["monitor"]
    return options


def fate(project: t.Any, service: str) -> Fate:
    """What a failure of one replica means to the others."""
    config = _read(project, service)
    if config is None:
        return Fate()
    name, action = "service {0}".format(service), config.get("failure_action", PAUSE)
    return Fate(
        unit=name if action == ROLLBACK else "",
        crew=name,
        spare=config.get("max_failure_ratio", 0),
        goes_on=action == CONTINUE,
    )


def _read(project: t.Any, service: str) -> dict[str, t.Any] | None:
    declared = (project.services[service].get("deploy") or {}).get("update_config")
    if declared is None:
        return None
    read: dict[str, t.Any] = {}
    for key, value in declared.items():
        if key not in READERS or value is None:
            continue
        try:
            read[key] = READERS[key](value)
        except ValueError as error:
            place = project.where(("services", service, "deploy", "update_config", key))
            raise ComposeError(
                place, "found {0!r}".format(value), "accepted is {0}".format(error)
            ) from None
    return read
