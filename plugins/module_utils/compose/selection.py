# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which services of a project are wanted: by profile, and by name."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.compose.tree import Where
from ansible_collections.slipway.docker.plugins.module_utils.compose.wish import Wish
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import ComposeError

Model = t.Dict[str, t.Any]


def by_profile(services: Model, wish: Wish) -> tuple[Model, Model]:
    """The services that an active profile has or that need none, and the others."""
    active = set(wish.profiles)
    for name in wish.services:
        active.update((services.get(name) or {}).get("profiles") or ())
    on = {
        key
        for key, one in services.items()
        if not one.get("profiles") or "*" in active or active & set(one["profiles"])
    }
    enabled = {key: one for key, one in services.items() if key in on}
    return enabled, {key: one for key, one in services.items() if key not in on}


def by_name(
    services: Model, disabled: Model, names: t.Sequence[str], where: Where
) -> tuple[Model, Model]:
    """The named services with what they depend on, and the others; no name stands for all."""
    if not names:
        return services, disabled
    kept: dict[str, None] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop(0)
        if name not in services:
            raise ComposeError(
                where(("services",)),
                "no service {0!r}".format(name),
                "there are: " + ", ".join(services),
            )
        if name not in kept:
            kept[name] = None
            waiting.extend(one for one in services[name].get("depends_on") or () if one in services)
    rest = {key: one for key, one in services.items() if key not in kept}
    return {key: one for key, one in services.items() if key in kept}, {**disabled, **rest}
