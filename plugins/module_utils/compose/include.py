# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`include`: models of other files, with directories and variables of their own."""

from __future__ import annotations

import dataclasses
import posixpath
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.compose import dotenv
from ansible_collections.slipway.docker.plugins.module_utils.compose.merge import merge_at
from ansible_collections.slipway.docker.plugins.module_utils.compose.paths import join
from ansible_collections.slipway.docker.plugins.module_utils.compose.scene import Scene
from ansible_collections.slipway.docker.plugins.module_utils.compose.tree import (
    Path,
    Where,
    section,
)
from ansible_collections.slipway.docker.plugins.module_utils.compose.yaml12 import drop
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import ComposeError

Model = t.Dict[str, t.Any]
LoadModel = t.Callable[[t.Sequence[str], Scene], Model]
MAX_LINKS = 50
SECTIONS = ("services", "volumes", "networks", "secrets", "configs", "models")


def apply(
    model: Model, scene: Scene, drops: tuple[Path, ...], where: Where, load_model: LoadModel
) -> Model:
    """A copy of the model with everything that it includes."""
    entries = model.get("include")
    if entries is not None and not isinstance(entries, list):
        raise ComposeError(where(("include",)), "found {0!r}; accepted: a list".format(entries))
    found = {key: value for key, value in model.items() if key != "include"}
    for index, entry in enumerate(entries or ()):
        place: Path = ("include", index)
        loaded = _load(entry, scene, _below(where, place), load_model)
        found = _take(found, loaded, drops, where)
    return found


def _below(where: Where, place: Path) -> Where:
    return lambda path: where(place + path)


def _load(entry: t.Any, scene: Scene, where: Where, load_model: LoadModel) -> Model:
    wanted = {"path": entry} if isinstance(entry, str) else entry
    _check_shape(wanted, where)
    files = [scene.find(path) for path in _listed(wanted["path"])]
    if files[0] in scene.trail:
        circle = " -> ".join(scene.desk.label(file) for file in scene.trail + (files[0],))
        raise ComposeError(where(()), "a circle: " + circle, "remove one of these includes")
    if len(scene.trail) > MAX_LINKS:
        raise ComposeError(
            where(()), "a chain of more than {0} includes".format(MAX_LINKS), "shorten it"
        )
    for file in files:
        scene.desk.needed(file, where(()))
    folder, base = _folders(wanted.get("project_directory"), files[0], scene)
    environment = _environment(wanted.get("env_file"), folder, scene, where)
    phases = dataclasses.replace(scene.phases, paths=True)
    return load_model(
        files,
        dataclasses.replace(
            scene, folder=folder, base=base, environment=environment, phases=phases
        ),
    )


def _check_shape(wanted: t.Any, where: Where) -> None:
    if not isinstance(wanted, dict) or not wanted.get("path"):
        raise ComposeError(
            where(()), "found {0!r}; accepted: a path, or a mapping with path".format(wanted)
        )
    for key in ("path", "project_directory", "env_file"):
        if not all(isinstance(member, str) for member in _listed(wanted.get(key) or "")):
            raise ComposeError(
                where((key,)), "found {0!r}; accepted: text, or a list of texts".format(wanted[key])
            )


def _folders(directory: str | None, main: str, scene: Scene) -> tuple[str, str]:
    if not directory:
        return posixpath.dirname(main), scene.seen_folder_of(main)
    if directory.startswith("/"):
        return directory, directory
    return join(scene.base, directory), scene.seen_folder(directory)


def _environment(files: t.Any, folder: str, scene: Scene, where: Where) -> dict[str, str]:
    found: dict[str, str] = {}
    for path, required in _env_files(files, folder, scene):
        text = scene.desk.needed(path, where(("env_file",))) if required else scene.desk.text(path)
        found = dotenv.parse(text or "", scene.environment.get, scene.desk.label(path), found)
    return {**found, **scene.environment}


def _env_files(files: t.Any, folder: str, scene: Scene) -> list[tuple[str, bool]]:
    if not files:
        return [(join(folder, ".env"), False)]
    return [(join(scene.base, path), True) for path in _listed(files) if path != "/dev/null"]


def _listed(value: t.Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def _take(model: Model, loaded: Model, drops: tuple[Path, ...], where: Where) -> Model:
    found = dict(model)
    for part in SECTIONS:
        if loaded.get(part):
            found[part] = _join(part, section(loaded, part), section(model, part), drops, where)
    return found


def _join(part: str, loaded: Model, own: Model, drops: tuple[Path, ...], where: Where) -> Model:
    found = dict(own)
    for name, value in loaded.items():
        if name not in own:
            found[name] = value
        elif own[name] != value:
            kept = section(drop({part: {name: value}}, drops), part).get(name)
            found[name] = merge_at((part, name), kept, own[name], where)
    return found
