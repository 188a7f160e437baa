# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A container, and its image, as the options of its module declare them."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.kind import read
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Resource, identity
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container import CONTAINER

FLAG: dict[str, t.Any] = {"type": "bool", "default": False}
POLICIES = ["always", "missing", "never"]
OPTIONS: dict[str, t.Any] = {
    "state": {"type": "str", "default": "started", "choices": list(CONTAINER.states)},
    "pull_policy": {"type": "str", "default": "missing", "choices": POLICIES},
    "wait": FLAG,
    "wait_timeout": {"type": "int", "default": 300},
    "recreate": FLAG,
    "remove_volumes": FLAG,
}
PASSED = ("wait", "wait_timeout", "recreate", "remove_volumes")


def declared(given: t.Mapping[str, t.Any]) -> list[Resource]:
    """The container, after the image that it is made of."""
    where = identity(CONTAINER.name, given["name"])
    fields = read(CONTAINER, where, given)
    options = {name: given[name] for name in PASSED}
    container = Resource(CONTAINER.name, given["name"], given["state"], fields, options)
    if given["state"] == "absent" or "image" not in fields:
        return [container]
    how = {"pull": given["pull_policy"], "platform": fields.get("platform")}
    return [Resource("image", fields["image"], options=how), container]
