# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a file leaves out and Compose fills in, before the project as a whole is known."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.compose.tree import rewrite, table

Default = t.Callable[[t.Any], t.Any]


def _secret(value: t.Any) -> t.Any:
    return {**value, "target": value.get("target", "/run/secrets/" + str(value.get("source")))}


def _devices(value: t.Any) -> t.Any:
    return value if "count" in value or "device_ids" in value else {**value, "count": "all"}


def _with(**defaults: t.Any) -> Default:
    return lambda value: {**defaults, **value} if isinstance(value, dict) else value


def _mapping(default: Default) -> Default:
    return lambda value: default(value) if isinstance(value, dict) else value


ROWS: t.Any = table(
    {
        "services.*.build": _with(context="."),
        "services.*.secrets.*": _mapping(_secret),
        "services.*.ports.*": _with(mode="ingress", protocol="tcp"),
        "services.*.deploy.resources.reservations.devices.*": _mapping(_devices),
        "services.*.gpus.*": _mapping(_devices),
        "services.*.volumes.*.bind": _with(create_host_path=True),
    }
)


def fill(model: dict[str, t.Any]) -> dict[str, t.Any]:
    """A copy of the canonical model with the defaults of its parts."""
    found: dict[str, t.Any] = rewrite(model, ROWS, lambda row, value, path: row(value))
    return found
