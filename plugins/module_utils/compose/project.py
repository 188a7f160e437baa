# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The door of this room: Compose files in, a project out."""

from __future__ import annotations

import dataclasses
import os
import types
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.compose import (
    consistency,
    discovery,
    host,
    normalize,
    selection,
    typed,
)
from ansible_collections.slipway.docker.plugins.module_utils.compose.environment import (
    resolve_files,
)
from ansible_collections.slipway.docker.plugins.module_utils.compose.files import (
    CONTENT,
    Loaded,
    load_model,
)
from ansible_collections.slipway.docker.plugins.module_utils.compose.scene import (
    Desk,
    Read,
    Scene,
)
from ansible_collections.slipway.docker.plugins.module_utils.compose.tree import dotted, section
from ansible_collections.slipway.docker.plugins.module_utils.compose.wish import (
    Wish,
    normalize_name,
    project_name,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import ComposeError

Model = t.Dict[str, t.Any]
NOTHING: t.Mapping[str, str] = types.MappingProxyType({})


@dataclasses.dataclass(frozen=True)
class Project:
    """A loaded project; services, networks ... map their keys to canonical mappings in long form.

    `environment` is the given one with what .env adds; `files` are those that were read, absolute;
    `relative` are the sources of bind mounts that were written relative; `where` says where a path
    stands.
    """

    name: str
    working_dir: str
    services: t.Mapping[str, t.Any]
    disabled: t.Mapping[str, t.Any]
    networks: t.Mapping[str, t.Any]
    volumes: t.Mapping[str, t.Any]
    secrets: t.Mapping[str, t.Any]
    configs: t.Mapping[str, t.Any]
    models: t.Mapping[str, t.Any]
    extensions: t.Mapping[str, t.Any]
    environment: t.Mapping[str, str]
    warnings: tuple[str, ...]
    files: tuple[str, ...]
    relative: frozenset[str] = frozenset()
    where: t.Callable[[t.Any], str] = dotted


def load(
    files: t.Sequence[str],
    *,
    read: Read,
    working_dir: str | None = None,
    name: str | None = None,
    environment: t.Mapping[str, str] = NOTHING,
    env_files: t.Sequence[str] | None = None,
    profiles: t.Sequence[str] = (),
    strict: bool = False,
) -> Project:
    """The project of some Compose files.

    `read` returns the text of an absolute path or raises FileNotFoundError. `env_files` None stands
    for the .env of the project's directory, which may be absent. `strict` refuses what one host
    can't hold, too.
    """
    labels = {os.path.abspath(file): file for file in [*files, *(env_files or ())]}
    desk = Desk(read, labels)
    folder = discovery.folder_of(files, working_dir)
    known = discovery.variables(env_files, folder, environment, desk)
    given = name or known.get("COMPOSE_PROJECT_NAME") or ""
    wish = Wish(
        files=discovery.compose_files(files, folder, known, desk),
        folder=folder,
        environment=known,
        name=given or normalize_name(os.path.basename(folder)),
        named=bool(given),
        profiles=discovery.profiles(profiles, known),
        strict=strict,
    )
    return load_wish(wish, desk)


def load_wish(wish: Wish, desk: Desk) -> Project:
    """The project of a wish; raises ComposeError where it can't be had."""
    name = project_name(wish, desk)
    environment = {**wish.environment, "COMPOSE_PROJECT_NAME": name}
    if not wish.files:
        raise ComposeError(wish.folder, "no Compose file is named")
    loaded = load_model(wish.files, Scene(desk, wish.folder, wish.folder, environment, wish.phases))
    if not loaded.model:
        raise ComposeError(desk.label(wish.files[0]), "the file is empty", "begin with services:")
    if not name and wish.phases.validate:
        raise ComposeError(
            desk.label(wish.files[0]), "the project has no name", "add name: at the top of the file"
        )
    if wish.phases.normalize:
        normal = normalize.normalize({**loaded.model, "name": name}, environment)
        loaded = dataclasses.replace(loaded, model=normal)
    return _project(loaded, name, environment, wish, desk)


def _project(
    loaded: Loaded, name: str, environment: t.Mapping[str, str], wish: Wish, desk: Desk
) -> Project:
    where = loaded.pages.at
    model = typed.typed(loaded.model, where)
    services, disabled = selection.by_profile(section(model, "services"), wish)
    if wish.phases.consistency:
        consistency.check({**model, "services": services}, disabled, where)
        services = {key: _scaled(service) for key, service in services.items()}
    if wish.strict:
        host.check({**model, "services": services}, where)
    services = {
        key: resolve_files(key, service, environment, desk, where)
        for key, service in services.items()
    }
    services, disabled = selection.by_name(services, disabled, wish.services, where)
    return Project(
        name=name,
        working_dir=wish.folder,
        services=services,
        disabled=disabled,
        environment=environment,
        warnings=tuple(desk.warnings),
        files=tuple(desk.files),
        relative=frozenset(desk.relative),
        where=where,
        extensions={key: value for key, value in model.items() if key.startswith("x-")},
        **{part: section(model, part) for part in ("networks", "volumes", "models")},
        **{part: _filled(section(model, part)) for part in ("secrets", "configs")},
    )


def _filled(resources: Model) -> Model:
    """Secrets and configs whose text came from a variable, with that text as their content."""
    return {
        name: {"content" if key == CONTENT else key: one for key, one in value.items()}
        for name, value in resources.items()
    }


def _scaled(service: Model) -> Model:
    if service.get("scale") is None or service.get("deploy") is None:
        return service
    return {**service, "deploy": {**service["deploy"], "replicas": service["scale"]}}
