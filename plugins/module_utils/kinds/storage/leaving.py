# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What it takes to be without a storage: what is ours goes, what the share holds stays."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.field import Effect
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage import facts, units
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage.scene import (
    Scene,
    mounting,
)

CAUSE = "state: absent"


def leave(scene: Scene) -> t.Iterator[Step]:
    """The steps; the unit goes after what it mounted, the mount point last."""
    seen, step = scene.seen, scene.request.step
    subdir = scene.options["subdir"]
    if scene.options["purge"] and seen.is_mounted:
        cause = "{0}; all that is in {1} of {2}".format(
            CAUSE, subdir, scene.old.get("source", "the share")
        )
        yield step(
            "purge", cause, effect=Effect.DESTROY, payload={"unit": seen.unit, "subdir": subdir}
        )
    if scene.lets_go:
        payload = {"unit": seen.unit, "subdir": subdir, "claim": scene.lets_go}
        yield step("release", CAUSE, payload=payload)
    if seen.is_mounted:
        yield step("unmount", CAUSE, payload=mounting(scene.name, seen.unit, scene.old))
    there = tuple(file for file in seen.files.values() if units.is_ours(scene.name, file))
    if there:
        gone = tuple(facts.File(file.path) for file in there)
        yield step("unplace", CAUSE, payload={"files": gone, "unit": seen.unit})
    if (seen.is_mounted or seen.guard is not None) and not seen.litter:
        yield step("unguard", CAUSE)
