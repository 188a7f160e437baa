# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A container, and its image, as the options of its module declare them."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.codec import SPANS, read_duration
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.core.kind import read
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Resource, identity
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container import CONTAINER
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.overlap import ORDERS
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.situation import (
    STOP_FIRST,
)

FLAG: dict[str, t.Any] = {"type": "bool", "default": False}
POLICIES = ["always", "missing", "never"]
OPTIONS: dict[str, t.Any] = {
    "state": {"type": "str", "default": "started", "choices": list(CONTAINER.states)},
    "pull_policy": {"type": "str", "default": "missing", "choices": POLICIES},
    "wait": FLAG,
    "wait_timeout": {"type": "int", "default": 300},
    "recreate": FLAG,
    "remove_volumes": FLAG,
    "monitor": {"type": "raw"},
    "update_config": {
        "type": "dict",
        "options": {"order": {"type": "str", "choices": list(ORDERS), "default": STOP_FIRST}},
    },
}
PASSED = ("wait", "wait_timeout", "recreate", "remove_volumes")


def declared(given: t.Mapping[str, t.Any]) -> list[Resource]:
    """The container, after the image that it is made of."""
    where = identity(CONTAINER.name, given["name"])
    fields = read(CONTAINER, where, given)
    options = {name: given[name] for name in PASSED}
    options.update(monitor=_monitor(where, given), update_config=given["update_config"] or {})
    container = Resource(CONTAINER.name, given["name"], given["state"], fields, options)
    if given["state"] == "absent" or "image" not in fields:
        return [container]
    how = {"pull": given["pull_policy"], "platform": fields.get("platform")}
    return [Resource("image", fields["image"], options=how), container]


def _monitor(where: str, given: t.Mapping[str, t.Any]) -> float | None:
    """Seconds that it has to stay up to count as running."""
    if given["monitor"] is None:
        return None
    try:
        return read_duration(given["monitor"]) / SPANS["s"]
    except ValueError as error:
        raise InputError(
            "{0}.monitor".format(where),
            "found {0!r}".format(given["monitor"]),
            "accepted is {0}".format(error),
        ) from None
