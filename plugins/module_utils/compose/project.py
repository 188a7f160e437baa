# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The door of this room: Compose files in, a project out."""

from __future__ import annotations

import dataclasses
import os
import re
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.compose import (
    consistency,
    dotenv,
    host,
    normalize,
    typed,
    yaml12,
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
    Phases,
    Read,
    Scene,
)
from ansible_collections.slipway.docker.plugins.module_utils.compose.template import (
    TemplateError,
    substitute,
)
from ansible_collections.slipway.docker.plugins.module_utils.compose.tree import dotted, section
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import ComposeError

Model = t.Dict[str, t.Any]
NAME_RULE = "lowercase letters, digits, - and _, beginning with a letter or a digit"
DEFAULT_FILES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")


@dataclasses.dataclass(frozen=True)
class Project:
    """A loaded project; services, networks ... map their keys to canonical mappings in long form.

    `environment` is the given one with what .env adds; `files` are all files that were read, absolute;
    `relative` are the sources of bind mounts that were written relative; `where` says where a path stands.
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


@dataclasses.dataclass(frozen=True)
class Wish:
    """What is to be loaded: files, where paths count from, names, profiles, services, phases."""

    files: t.Sequence[str]
    folder: str
    environment: t.Mapping[str, str]
    name: str = ""
    named: bool = False
    profiles: t.Sequence[str] = ()
    services: t.Sequence[str] = ()
    phases: Phases = Phases()
    strict: bool = False


def load(
    files: t.Sequence[str],
    *,
    read: Read,
    working_dir: str | None = None,
    name: str | None = None,
    environment: t.Mapping[str, str] = {},
    env_files: t.Sequence[str] | None = None,
    profiles: t.Sequence[str] = (),
    strict: bool = False,
) -> Project:
    """The project of some Compose files.

    `read` returns the text of an absolute path or raises FileNotFoundError. `env_files` None stands
    for the .env of the project's directory, which may be absent. `strict` refuses what one host
    can't hold, too.
    """
    labels = {os.path.abspath(file): file for file in files}
    desk = Desk(read, labels)
    folder = os.path.abspath(
        working_dir or os.path.dirname(os.path.abspath(files[0]) if files else os.getcwd() + "/.")
    )
    variables = _variables(env_files, folder, environment, desk)
    found = _files(files, folder, variables, desk)
    given = name or variables.get("COMPOSE_PROJECT_NAME") or ""
    wish = Wish(
        files=found,
        folder=folder,
        environment=variables,
        name=given or normalize_name(os.path.basename(folder)),
        named=bool(given),
        profiles=profiles
        or [
            part.strip()
            for part in variables.get("COMPOSE_PROFILES", "").split(",")
            if part.strip()
        ],
        strict=strict,
    )
    return load_wish(wish, desk)


def load_wish(wish: Wish, desk: Desk) -> Project:
    """The project of a wish; raises ComposeError where it can't be had."""
    texts = [desk.needed(file, desk.label(file)) for file in wish.files]
    name = _name(wish, [(desk.label(file), text) for file, text in zip(wish.files, texts)])
    environment = {**wish.environment, "COMPOSE_PROJECT_NAME": name}
    loaded = load_model(wish.files, Scene(desk, wish.folder, wish.folder, environment, wish.phases))
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
    services, disabled = _profiled(section(model, "services"), wish)
    if wish.phases.consistency:
        consistency.check({**model, "services": services}, disabled, where)
        services = {key: _scaled(service) for key, service in services.items()}
    if wish.strict:
        host.check({**model, "services": services}, where)
    services = {
        key: resolve_files(key, service, environment, desk, where)
        for key, service in services.items()
    }
    services, disabled = _selected(services, disabled, wish.services, where)
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


def _variables(
    env_files: t.Sequence[str] | None,
    folder: str,
    environment: t.Mapping[str, str],
    desk: Desk,
) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in (
        [os.path.join(folder, ".env")]
        if env_files is None
        else [os.path.abspath(file) for file in env_files]
    ):
        text = desk.text(path) if env_files is None else desk.needed(path, desk.label(path))
        found = dotenv.parse(text or "", environment.get, desk.label(path), found)
    return {
        **{key: value for key, value in found.items() if key and not key[0].isdigit()},
        **environment,
    }


def _files(
    files: t.Sequence[str], folder: str, variables: t.Mapping[str, str], desk: Desk
) -> list[str]:
    if files:
        return [os.path.abspath(file) for file in files]
    listed = variables.get("COMPOSE_FILE", "")
    if listed:
        return [
            os.path.join(folder, file)
            for file in listed.split(variables.get("COMPOSE_PATH_SEPARATOR") or ":")
        ]
    for candidate in DEFAULT_FILES:
        if desk.text(os.path.join(folder, candidate)) is not None:
            return [os.path.join(folder, candidate)]
    raise ComposeError(folder, "no Compose file", "add one of {0}".format(", ".join(DEFAULT_FILES)))


def normalize_name(text: str) -> str:
    """A project's name made of any text."""
    return re.sub(r"[^a-z0-9_-]", "", text.lower()).lstrip("_-")


def _name(wish: Wish, texts: t.Sequence[tuple[str, str]]) -> str:
    if wish.named:
        if normalize_name(wish.name) != wish.name:
            raise ComposeError(
                "", "the project name {0!r} isn't valid".format(wish.name), "accepted: " + NAME_RULE
            )
        return wish.name
    raw = [
        document.value.get("name") for label, text in texts for document in _documents(text, label)
    ]
    given = [one for one in raw if isinstance(one, str) and one]
    if not given:
        return wish.name
    try:
        return normalize_name(substitute(given[-1], wish.environment.get)) or wish.name
    except TemplateError as error:
        raise ComposeError("{0}: name".format(texts[0][0]), str(error), error.hint) from None


def _documents(text: str, label: str) -> list[yaml12.Document]:
    if not re.search(r"^[\s{]*[\"']?name[\"']?\s*:", text, re.MULTILINE):
        return []
    return [document for document in yaml12.parse(text, label) if isinstance(document.value, dict)]


def _profiled(services: Model, wish: Wish) -> tuple[Model, Model]:
    active = set(wish.profiles)
    for name in wish.services:
        active.update((services.get(name) or {}).get("profiles") or ())
    on = {
        key
        for key, one in services.items()
        if not one.get("profiles") or "*" in active or active & set(one["profiles"])
    }
    enabled = {key: one for key, one in services.items() if key in on}
    return enabled, {key: one for key, one in services.items() if key not in on}


def _selected(
    services: Model, disabled: Model, names: t.Sequence[str], where: t.Callable[[t.Any], str]
) -> tuple[Model, Model]:
    if not names:
        return services, disabled
    kept: dict[str, None] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop(0)
        if name not in services:
            raise ComposeError(
                where(("services",)),
                "no service {0!r}".format(name),
                "there are: " + ", ".join(services),
            )
        if name not in kept:
            kept[name] = None
            waiting.extend(one for one in services[name].get("depends_on") or () if one in services)
    rest = {key: one for key, one in services.items() if key not in kept}
    return {key: one for key, one in services.items() if key in kept}, {**disabled, **rest}


def _scaled(service: Model) -> Model:
    if service.get("scale") is None or service.get("deploy") is None:
        return service
    return {**service, "deploy": {**service["deploy"], "replicas": service["scale"]}}
