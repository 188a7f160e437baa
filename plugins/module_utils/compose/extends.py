# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`extends`: a service laid over another service of the same file or of another one."""

from __future__ import annotations

import dataclasses
import posixpath
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.compose import paths
from ansible_collections.slipway.docker.plugins.module_utils.compose.merge import merge_at
from ansible_collections.slipway.docker.plugins.module_utils.compose.scene import Scene
from ansible_collections.slipway.docker.plugins.module_utils.compose.tree import (
    Path,
    Where,
    section,
)
from ansible_collections.slipway.docker.plugins.module_utils.compose.yaml12 import drop
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import ComposeError

Model = t.Dict[str, t.Any]
LoadFile = t.Callable[[str, Scene], t.Any]
Link = t.Tuple[str, str]
MAX_LINKS = 100


@dataclasses.dataclass(frozen=True)
class Shelf:
    """The services that `extends` may name in one file, and the paths that its `!reset` drops."""

    file: str
    services: t.Mapping[str, t.Any]
    drops: tuple[Path, ...]
    where: Where


def apply(model: Model, shelf: Shelf, scene: Scene, load_file: LoadFile) -> Model:
    """A copy of the model in which no service extends another."""
    if "services" not in model:
        return model
    if not isinstance(model["services"], dict):
        raise ComposeError(
            shelf.where(("services",)), "found {0!r}; accepted: a mapping".format(model["services"])
        )
    services = {name: _resolve(name, shelf, scene, load_file, ()) for name in model["services"]}
    return {**model, "services": services}


def _resolve(
    name: str, shelf: Shelf, scene: Scene, load_file: LoadFile, trail: tuple[Link, ...]
) -> t.Any:
    service = shelf.services[name]
    place = ("services", name)
    if service is None or (isinstance(service, dict) and service.get("extends") is None):
        return service
    if not isinstance(service, dict):
        raise ComposeError(shelf.where(place), "found {0!r}; accepted: a mapping".format(service))
    followed = trail + ((shelf.file, name),)
    _no_circle(followed, shelf.where(place + ("extends",)), scene)
    wanted, file = _reference(service["extends"], shelf.where(place + ("extends",)))
    source = (
        shelf
        if file is None
        else _open(file, shelf.where(place + ("extends", "file")), scene, load_file)
    )
    if wanted not in source.services:
        known = ", ".join(sorted(source.services)) or "none"
        problem = "no service {0!r} in {1}".format(wanted, scene.desk.label(source.file))
        raise ComposeError(
            shelf.where(place + ("extends",)), problem, "services there: {0}".format(known)
        )
    base = _resolve(wanted, source, scene, load_file, followed)
    return service if base is None else _laid_over(base, service, place, shelf)


def _laid_over(base: t.Any, service: Model, place: tuple[str, str], shelf: Shelf) -> Model:
    kept = section(drop({"services": {place[1]: base}}, shelf.drops), "services").get(place[1], {})
    merged = merge_at(place, kept, service, shelf.where)
    return {key: value for key, value in merged.items() if key != "extends"}


def _reference(value: t.Any, where: str) -> tuple[str, str | None]:
    if isinstance(value, str):
        return value, None
    service = value.get("service") if isinstance(value, dict) else None
    if not isinstance(service, str):
        raise ComposeError(
            where, "service is required: which service to extend", "add service: NAME"
        )
    file = value.get("file")
    if file is not None and not isinstance(file, str):
        raise ComposeError(where, "found file {0!r}; accepted: text".format(file))
    return service, file


def _no_circle(trail: tuple[Link, ...], where: str, scene: Scene) -> None:
    if trail[-1] in trail[:-1]:
        circle = trail[trail.index(trail[-1]) :]
        names = " -> ".join(
            "{0} in {1}".format(name, scene.desk.label(file)) for file, name in circle
        )
        raise ComposeError(where, "a circle: " + names, "remove one of these extends")
    if len(trail) > MAX_LINKS:
        raise ComposeError(
            where, "a chain of more than {0} extends".format(MAX_LINKS), "shorten it"
        )


def _open(file: str, where: str, scene: Scene, load_file: LoadFile) -> Shelf:
    path = scene.find(file)
    key = (path, scene.folder, scene.base)
    if key not in scene.desk.bases:
        scene.desk.needed(path, where)
        scene.desk.bases[key] = _read_base(path, file, scene, load_file, where)
    return t.cast(Shelf, scene.desk.bases[key])


def _read_base(path: str, file: str, scene: Scene, load_file: LoadFile, where: str) -> Shelf:
    phases = dataclasses.replace(scene.phases, extends=False, include=False, validate=False)
    inner = dataclasses.replace(scene, folder=posixpath.dirname(path), phases=phases)
    loaded = load_file(path, inner)
    services = loaded.model.get("services")
    if not isinstance(services, dict):
        raise ComposeError(
            where,
            "no services in {0}".format(scene.desk.label(path)),
            "extends needs a service there",
        )
    folder = scene.seen_folder_of(file)
    found = paths.resolve_extended(
        paths.resolve(loaded.model, folder, loaded.pages.at), folder, scene.is_remote
    )
    return Shelf(path, found["services"], loaded.drops, loaded.pages.at)
