# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a user's engine goes: with all that we made for it, and without what the user made."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.field import Effect
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import config
from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless import unit
from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless.facts import unit_of
from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless.scene import (
    Scene,
    what_stops,
)

CAUSE = "state: absent"


def leave(scene: Scene) -> t.Iterator[Step]:
    """The steps; what the engine holds goes before the ids that it belongs to."""
    if scene.user.account is None:
        return
    for part in (stop, remove_unit, unconfigure, destroy_data, unlinger, drop_subids):
        yield from part(scene)


def stop(scene: Scene) -> t.Iterator[Step]:
    """The end of an engine that our unit runs."""
    if scene.user.runs and is_ours(scene):
        cause = "{0}; {1}".format(CAUSE, what_stops(scene.user))
        yield scene.request.step("stop", cause, payload=scene.acting)


def remove_unit(scene: Scene) -> t.Iterator[Step]:
    """The unit, if it is ours, and what a killed run left of it."""
    if is_ours(scene):
        cause = "{0}; {1}".format(CAUSE, unit_of(scene.user.account))
        yield scene.request.step("remove-unit", cause, payload=scene.acting)


def unconfigure(scene: Scene) -> t.Iterator[Step]:
    """Our keys of daemon.json."""
    file = scene.user.config
    gone = [name for name in file.values if name in scene.request.applied]
    if gone:
        text = config.render(config.merged(file, {}, gone))
        payload = {**scene.acting, "text": text, "mode": file.mode}
        cause = "{0}; {1}".format(CAUSE, ", ".join(gone))
        yield scene.request.step("unconfigure", cause, payload=payload)


def destroy_data(scene: Scene) -> t.Iterator[Step]:
    """All that the engine held, where that is asked for."""
    if scene.options.get("remove_data") and scene.user.has_data:
        cause = "{0}; {1}".format(CAUSE, scene.user.data_root)
        payload = {**scene.acting, "path": scene.user.data_root}
        yield scene.request.step("destroy-data", cause, effect=Effect.DESTROY, payload=payload)


def unlinger(scene: Scene) -> t.Iterator[Step]:
    """Lingering, if we turned it on, and what a killed run noted of it."""
    if scene.user.note.lingers:
        yield scene.request.step("unlinger", CAUSE, payload=scene.acting)


def drop_subids(scene: Scene) -> t.Iterator[Step]:
    """The subordinate ids that we gave the user, once no data belongs to them."""
    note = scene.user.note
    numbers = sorted({*note.subuids, *note.subgids})
    keeps_data = scene.user.has_data and not scene.options.get("remove_data")
    if numbers and not keeps_data:
        cause = "{0}; {1}".format(CAUSE, ", ".join(numbers))
        yield scene.request.step("drop-subids", cause, payload=scene.acting)


def is_ours(scene: Scene) -> bool:
    """Whether the unit is one that we wrote."""
    return scene.user.note.has_unit or unit.is_ours(scene.user.unit or "")
