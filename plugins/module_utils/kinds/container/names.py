# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The names that a container bears on its way, and the labels by which the next run knows it."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step

NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+\Z")
# A replacement is made under the one; what it replaces is kept under the other meanwhile.
NEW, OLD = ".slipway-new", ".slipway-old"
ASKED = "slipway.asked"
SERVICE, DEPENDS_ON, ONE_OFF = (
    "com.docker.compose.service",
    "com.docker.compose.depends_on",
    "com.docker.compose.oneoff",
)


def base(name: str) -> str:
    """The name under which a container is wanted, whatever it is called for the moment."""
    for suffix in (NEW, OLD):
        if name.endswith(suffix):
            return name[: -len(suffix)]
    return name


def called(step: Step) -> str:
    """What the container of a step is called when the step is done."""
    return str(step.payload.get("container", step.name))


def asked(fields: t.Mapping[str, t.Any]) -> str:
    """What was asked for among the values that engines mix with their own, for a label."""
    words = ["mac_address"] if fields.get("mac_address") else []
    words += ["logging.{0}".format(name) for name in fields.get("logging", {}).get("options", {})]
    words += ["ulimits.{0}".format(name) for name in fields.get("ulimits", {})]
    words += [
        "networks.{0}.mac_address".format(name)
        for name, end in fields.get("networks", {}).items()
        if "mac_address" in end
    ]
    return " ".join(words)
