# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a model, read and merged: phases that run once a file, and once a model."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.compose import (
    canonical,
    defaults,
    extends,
    include,
    interpolate,
    merge,
    paths,
    rules,
    schema,
    unicity,
    warnings,
    yaml12,
)
from ansible_collections.slipway.docker.plugins.module_utils.compose.places import Pages
from ansible_collections.slipway.docker.plugins.module_utils.compose.scene import Scene
from ansible_collections.slipway.docker.plugins.module_utils.compose.tree import Path, section
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import ComposeError

Model = t.Dict[str, t.Any]
CONTENT = "x-slipway-content"


@dataclasses.dataclass(frozen=True)
class Loaded:
    """A model, the documents it came from, and what the last of them drops."""

    model: Model
    pages: Pages = Pages()
    drops: tuple[Path, ...] = ()


def load_model(files: t.Sequence[str], scene: Scene) -> Loaded:
    """The canonical model of several files, later ones laid over earlier ones."""
    loaded = Loaded({})
    for file in files:
        loaded = load_file(file, scene, loaded)
    model, where = loaded.model, loaded.pages.at
    for warning in warnings.of(model, where):
        scene.desk.warn(warning)
    if scene.phases.defaults:
        model = defaults.fill(model)
    if scene.phases.validate:
        rules.check(model, where)
    if scene.phases.paths:
        scene.desk.relative.update(paths.relative_binds(model, scene.base))
        model = paths.resolve(model, scene.base, where)
    return dataclasses.replace(loaded, model=_environment(model, scene.environment))


def load_file(file: str, scene: Scene, before: Loaded = Loaded({})) -> Loaded:
    """The model of a file's documents, laid over the model before."""
    loaded = before
    for document in scene.desk.documents(file):
        loaded = _document(document, file, scene, loaded)
    return loaded


def _document(document: yaml12.Document, file: str, scene: Scene, before: Loaded) -> Loaded:
    own = document.page.at
    if not isinstance(document.value, dict):
        found = "nothing" if document.value is None else repr(document.value)
        raise ComposeError(
            own(()),
            "the top level is {0}; accepted: a mapping".format(found),
            "begin with services:",
        )
    model = interpolate.interpolate(document.value, scene.environment.get, own, scene.desk.warn)
    if scene.phases.extends:
        shelf = extends.Shelf(file, section(model, "services"), document.drops, own)
        model = extends.apply(model, shelf, scene, load_file)
    if scene.phases.include:
        inner = dataclasses.replace(scene, trail=scene.trail + (file,))
        model = include.apply(
            model, inner, document.drops, own, lambda files, there: load_model(files, there).model
        )
    pages = before.pages.plus(document.page)
    merged = merge.merge(yaml12.drop(before.model, document.drops), model, pages.at)
    return Loaded(_settled(merged, file, scene, pages), pages, document.drops)


def _settled(model: Model, file: str, scene: Scene, pages: Pages) -> Model:
    model = unicity.settle(model, pages.at)
    if scene.phases.validate:
        schema.validate(model, pages.at)
        if "version" in model:
            scene.desk.warn(
                "{0}: version is obsolete and has no effect".format(scene.desk.label(file))
            )
    model = canonical.canonical(
        {key: value for key, value in model.items() if key != "version"}, pages.at
    )
    return unicity.settle(model, pages.at)


def _environment(model: Model, environment: t.Mapping[str, str]) -> Model:
    """What a model takes from its variables: `environment` lists, secrets and configs."""
    found = dict(model)
    if "services" in model:
        found["services"] = {
            name: _listed(service, environment)
            for name, service in section(model, "services").items()
        }
    for part in ("secrets", "configs"):
        if part in model:
            found[part] = {
                name: _content(one, environment) for name, one in section(model, part).items()
            }
    return found


def _listed(service: t.Any, environment: t.Mapping[str, str]) -> t.Any:
    values = service.get("environment") if isinstance(service, dict) else None
    if not isinstance(values, list):
        return service
    listed = [
        "{0}={1}".format(one, environment[one]) if one in environment else one for one in values
    ]
    return {**service, "environment": listed}


def _content(resource: t.Any, environment: t.Mapping[str, str]) -> t.Any:
    name = str(resource.get("environment")) if isinstance(resource, dict) else ""
    return {**resource, CONTENT: environment[name]} if name in environment else resource
