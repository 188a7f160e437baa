# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape of a Compose file, as tables: a row is a key and the words of what it takes."""

from __future__ import annotations

from ansible_collections.slipway.docker.plugins.module_utils.compose.service_shapes import (
    SERVICE_SHAPES,
)
from ansible_collections.slipway.docker.plugins.module_utils.compose.words import (
    FLAG,
    ONE_OR_MANY,
    OPTIONS,
    PAIRS,
    Shape,
    rows,
)

TOP = Shape(
    {
        **rows("str", "version name"),
        "include": "[str|@include]",
        "services": "{@service}:",
        "models": "{@model}:",
        "networks": "{@network}:",
        "volumes": "{@volume}:",
        "secrets": "{@secret}:",
        "configs": "{@config}:",
    }
)

EXTERNAL = "bool|str|@external"

SHAPES: dict[str, Shape] = {
    **SERVICE_SHAPES,
    "include": Shape(
        {"env_file": ONE_OR_MANY, "path": ONE_OR_MANY, "project_directory": "str"}, extended=False
    ),
    "model": Shape(
        {"context_size": "int", **rows("str", "model name"), "runtime_flags": "[str]"},
        needs=("model",),
    ),
    "external": Shape({"name": "str"}),
    "network": Shape(
        {
            **rows(FLAG, "attachable enable_ipv4 enable_ipv6 internal"),
            "driver_opts": OPTIONS,
            **rows("str", "driver name"),
            "external": EXTERNAL,
            "ipam": "@ipam",
            "labels": PAIRS,
        },
        nullable=True,
    ),
    "ipam": Shape({"config": "[@ipam_pool]", "driver": "str", "options": "{str}"}),
    "ipam_pool": Shape({"aux_addresses": "{str}", **rows("str", "gateway ip_range subnet")}),
    "volume": Shape(
        {
            **rows("str", "driver name"),
            "driver_opts": OPTIONS,
            "external": EXTERNAL,
            "labels": PAIRS,
        },
        nullable=True,
    ),
    "secret": Shape(
        {
            **rows("str", "driver environment file name template_driver"),
            "driver_opts": OPTIONS,
            "external": EXTERNAL,
            "labels": PAIRS,
        }
    ),
    "config": Shape(
        {
            **rows("str", "content environment file name template_driver"),
            "external": EXTERNAL,
            "labels": PAIRS,
        }
    ),
}
