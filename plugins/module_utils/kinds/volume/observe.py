# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Volumes as the engine has them: one list tells all of them."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.field import from_engine
from ansible_collections.slipway.docker.plugins.module_utils.core.kind import Survey
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Found
from ansible_collections.slipway.docker.plugins.module_utils.kinds.labels import is_owned, record_in
from ansible_collections.slipway.docker.plugins.module_utils.kinds.volume.fields import FIELDS


def observe(outside: t.Any, survey: Survey) -> dict[str, Found]:
    """The volumes of the engine by name."""
    answer = outside.engine.get("/volumes")
    volumes = {volume["Name"]: volume for volume in answer["Volumes"] or []}
    if answer.get("Warnings"):
        # A plugin doesn't answer: what it has is unknown, so it must not pass for absent.
        missing = [wanted.name for wanted in survey.wanted if wanted.name not in volumes]
        single = ((name, outside.engine.get("/volumes/{0}", name)) for name in missing)
        volumes.update((name, volume) for name, volume in single if volume)
    return {name: found(volume, survey.owner) for name, volume in volumes.items()}


def found(volume: t.Mapping[str, t.Any], owner: str) -> Found:
    """A volume in the user's vocabulary."""
    labels = volume.get("Labels")
    return Found(
        "volume",
        volume["Name"],
        volume_id(volume),
        from_engine(FIELDS, volume),
        record=record_in(labels),
        owned=is_owned(labels, owner),
        facts=volume,
    )


def volume_id(volume: t.Mapping[str, t.Any]) -> str:
    """What tells a volume from an earlier one of the same name."""
    return "{0}@{1}".format(volume["Name"], volume.get("CreatedAt", ""))
