# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The wanted containers in the order in which they need each other."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Resource
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.clashes import (
    refuse_shared_ports,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.depends import partners
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.overlap import (
    refuse_lodgers,
)


def line_up(wanted: tuple[Resource, ...]) -> tuple[Resource, ...]:
    """What others depend on first; a circle, or one port of the host for two, is refused."""
    refuse_shared_ports(wanted)
    refuse_lodgers(wanted)
    by_name = {resource.name: resource for resource in wanted}
    lined: dict[str, Resource] = {}
    for resource in wanted:
        _add(resource, by_name, lined, [])
    return tuple(lined.values())


def _add(
    resource: Resource,
    by_name: t.Mapping[str, Resource],
    lined: dict[str, Resource],
    trail: list[str],
) -> None:
    if resource.name in lined:
        return
    if resource.name in trail:
        circle = " -> ".join([*trail[trail.index(resource.name) :], resource.name])
        raise InputError(
            "{0}.depends_on".format(resource.identity),
            "a circle: {0}".format(circle),
            "break one of these dependencies",
        )
    for name in (*resource.options.get("depends_on", {}), *partners(resource.fields)):
        if name in by_name:
            _add(by_name[name], by_name, lined, [*trail, resource.name])
    lined[resource.name] = resource
