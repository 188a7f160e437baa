# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Planning packages: those that are missing, the version that is wanted, and what is held at it."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.field import Effect
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import (
    archive,
    packages,
    renewing,
    sourcing,
    versions,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.costs import what_stops
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.renewing import OWN
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.scene import (
    Scene,
)


def install(scene: Scene) -> t.Iterator[Step]:
    """Packages that are not there, none of which may start the engine yet."""
    extra, sdk = scene.options.get("packages", ()), scene.options.get("sdk", True)
    names = packages.missing(scene.source, scene.host, extra, sdk)
    names = [name for name in names if name not in sourcing.first(scene)]
    goes = scene.renewal.goes
    if not names and not goes:
        return
    renewing.refuse_foreign_holds(scene.host, goes)
    payload = {
        **_payload(scene, tuple(names), scene.renewal.replaced),
        "goes": goes,
        "brought": packages.brought(scene.source, scene.host, names),
        "users": tuple(scene.options.get("users", ())),
        "is_rest": scene.source.name == archive.SOURCE,
    }
    drift = scene.request.is_lost and not goes
    yield scene.request.step(
        "install",
        _why(scene, names),
        drift=drift,
        payload=payload,
        **_cost(scene, scene.renewal.replaced),
    )


def upgrade(scene: Scene) -> t.Iterator[Step]:
    """Another version of the engine, upwards or downwards."""
    change = scene.renewal.change
    if change is None:
        return
    found = scene.host.installed[packages.engine_of(scene.host)]
    backwards = versions.is_older(scene.request.wanted.fields[OWN], found)
    names = renewing.names(scene.source, scene.host, backwards)
    renewing.refuse_foreign_holds(scene.host, names)
    payload = _payload(scene, names, names)
    cause = "; ".join([str(change), *_stops(scene, names)])
    verb = "downgrade" if backwards else "upgrade"
    yield scene.request.step(verb, cause, payload=payload, **_cost(scene, names))


def hold(scene: Scene) -> t.Iterator[Step]:
    """The engine's packages held at their version, or those let go that we held."""
    names = tuple(packages.engines_own(scene.source, scene.host))
    # apt lets go of what it changes, though it was told that it may.
    changed = names if scene.renewal.change else ()
    if scene.options.get("hold"):
        free = tuple(name for name in names if name in changed or name not in scene.host.held)
        drift = not changed and set(free) <= set(scene.host.note.held)
        if free:
            yield _holding(scene, "hold", free, "{0} not held", drift)
    else:
        yield from let_go(scene, "{0} no longer held")


def let_go(scene: Scene, cause: str) -> t.Iterator[Step]:
    """The packages that we held, and that are held yet."""
    names = tuple(name for name in scene.host.note.held if name in scene.host.held)
    if names:
        yield _holding(scene, "unhold", names, cause)


def _holding(
    scene: Scene, verb: str, names: tuple[str, ...], cause: str, drift: bool = False
) -> Step:
    payload = {"manager": scene.host.manager, "names": names}
    said = cause.format(", ".join(names))
    return scene.request.step(verb, said, drift=drift, payload=payload)


def _payload(scene: Scene, names: tuple[str, ...], changes: t.Collection[str]) -> dict[str, t.Any]:
    """What the package manager is told, and what it takes to go back where something `changes`."""
    wish = scene.request.wanted.fields.get(OWN)
    carriers = packages.versioned(scene.source, scene.host) if wish else []
    return {
        **scene.way_back,
        "names": names,
        "wishes": {name: wish for name in carriers if name in names},
        "unlocks": any(name in scene.host.note.held for name in (*changes, *names)),
        "renews": bool(changes) and scene.engine.runs and not scene.by_hand,
    }


def _why(scene: Scene, names: t.Sequence[str]) -> str:
    goes = [
        "replaces {0} {1}".format(name, scene.host.installed[name]) for name in scene.renewal.goes
    ]
    missing = ["{0} not found".format(", ".join(names))] if names else []
    return "; ".join([*missing, *goes, *_stops(scene, scene.renewal.replaced)])


def _cost(scene: Scene, changes: t.Collection[str]) -> dict[str, t.Any]:
    """What it costs to have the packages changed under an engine, and the way back."""
    if not changes:
        return {}
    runs = scene.engine.runs and not scene.by_hand
    return {"undo": "bring-back", "effect": Effect.RESTART if runs else None}


def _stops(scene: Scene, changes: t.Collection[str]) -> list[str]:
    is_stopped = bool(changes) and scene.engine.runs and not scene.by_hand
    return [what_stops(scene.engine)] if is_stopped else []
