# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What it takes to be without the engine: our keys and users go, data only by consent."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.field import Effect
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import (
    archive,
    config,
    installing,
    moving,
    packages,
    parts,
    remapping,
    sourcing,
    unpacking,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.costs import what_stops
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.scene import Scene

CAUSE = "state: absent"


def leave(scene: Scene) -> t.Iterator[Step]:
    """The steps; the packages go last, since an engine is there as long as they are."""
    engine, step = scene.engine, scene.request.step
    if scene.host.is_held_back:
        yield step("release", "left by an interrupted run")
    if engine.runs:
        cause = "{0}; {1}".format(CAUSE, what_stops(engine))
        yield step("stop", cause, payload=scene.way_back)
    users = tuple(name for name in scene.host.note.users if name in scene.host.members)
    if users:
        cause = "{0}; {1}".format(CAUSE, ", ".join(users))
        yield step("drop-users", cause, payload={"users": users})
    yield from _our_rules(scene)
    yield from _our_files(scene)
    yield from _our_keys(scene)
    yield from moving.leftovers(scene.request, scene.host, engine)
    yield from remapping.drop(scene.request, None, scene.host.note.ranges)
    data_goes = bool(scene.options.get("remove_data")) and engine.has_data
    if data_goes:
        cause = "{0}; {1}".format(CAUSE, engine.data_root)
        payload = {"path": engine.data_root}
        yield step("destroy-data", cause, effect=Effect.DESTROY, payload=payload)
    yield from installing.let_go(scene, CAUSE + "; {0}")
    names = packages.leaving(scene.source, scene.host)
    if names:
        cause = "{0}; {1}".format(CAUSE, ", ".join(names))
        yield step(
            "remove",
            cause,
            payload={
                "manager": scene.host.manager,
                "packages": tuple(names),
                "tidy": engine.data_root if data_goes else "",
            },
        )
    yield from unpacking.clear(scene, CAUSE)

    yield from sourcing.drop(scene)


def _our_rules(scene: Scene) -> t.Iterator[Step]:
    kept = (part for part in parts.of(scene.host.has_systemd) if part.field == parts.PORTS.field)
    if any(part.is_there(scene.host.files[part.path]) for part in kept):
        payload = {"systemd": scene.host.has_systemd}
        yield scene.request.step("unguard-ports", CAUSE, payload=payload)


def _our_files(scene: Scene) -> t.Iterator[Step]:
    table, files = parts.of_host(scene.host), scene.host.files
    there = [part.field.name for part in table if part.is_there(files[part.path])]
    unpacked = (dataclasses.replace(file, text=None) for file in archive.leaving(scene.host))
    gone = (*parts.placements(table, files, {}, there), *unpacked)
    if gone:
        cause = "{0}; {1}".format(CAUSE, ", ".join(file.path for file in gone))
        yield scene.request.step("unplace", cause, payload={"files": gone})
    if scene.host.slots:
        payload = {"slots": tuple(sorted(scene.host.slots))}
        cause = "{0}; the certificate of its API".format(CAUSE)
        yield scene.request.step("discard", cause, payload=payload)


def _our_keys(scene: Scene) -> t.Iterator[Step]:
    file = scene.engine.config
    gone = [name for name in file.values if name in scene.request.applied]
    if gone:
        text = config.render(config.merged(file, {}, gone))
        cause = "{0}; {1}".format(CAUSE, ", ".join(gone))
        payload = {"text": text, "mode": file.mode}
        yield scene.request.step("unconfigure", cause, payload=payload)
