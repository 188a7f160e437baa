# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls that make and remove volumes."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step
from ansible_collections.slipway.docker.plugins.module_utils.kinds.volume.observe import volume_id


def create(outside: t.Any, step: Step) -> str:
    """Make the volume."""
    return volume_id(outside.engine.post("/volumes/create", body=dict(step.payload)))


def remove(outside: t.Any, step: Step) -> None:
    """Remove the volume, and with it what a holder holds."""
    outside.engine.delete("/volumes/{0}", step.name)


def restore(outside: t.Any, step: Step) -> None:
    """Make the volume anew as it was found; what a pointer leads to was never gone."""
    create(outside, step)


ACTIONS = {"create": create, "remove": remove, "restore": restore}
