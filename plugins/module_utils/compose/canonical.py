# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Short forms made long: a row is a Compose key and the function that spells it out."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.compose import mounts, ports
from ansible_collections.slipway.docker.plugins.module_utils.compose.places import under
from ansible_collections.slipway.docker.plugins.module_utils.compose.tree import (
    Path,
    Where,
    rewrite,
    table,
)
from ansible_collections.slipway.docker.plugins.module_utils.compose.typed import typed
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import ComposeError

Long = t.Callable[[t.Any], t.Any]
NOT_EMPTY = (None, "")


class Wrong(ValueError):
    """A short form that can't be read: what is accepted instead, and where below the key."""

    def __init__(self, problem: str, accepted: str, below: Path = ()) -> None:
        super().__init__(problem)
        self.accepted = accepted
        self.below = below


def _named(key: str) -> Long:
    return lambda value: {key: value} if isinstance(value, str) else value


def _listed(value: t.Any) -> t.Any:
    return [value] if isinstance(value, str) else value


def _filled(value: t.Any) -> t.Any:
    return (
        [member for member in _listed(value) if member not in NOT_EMPTY]
        if value is not None
        else value
    )


def _pairs(value: t.Any) -> t.Any:
    if not isinstance(value, list):
        return value
    for index, member in enumerate(value):
        if "=" not in str(member):
            raise Wrong("found {0!r}".format(member), "NAME=value", (index,))
    return dict(str(member).split("=", 1) for member in value)


def _ssh(value: t.Any) -> t.Any:
    if not isinstance(value, list):
        return value
    for index, member in enumerate(value):
        if "=" not in member and member != "default":
            raise Wrong("found {0!r}".format(member), "default, or ID=path", (index,))
    return {
        name: path if sign else None
        for name, sign, path in (member.partition("=") for member in value)
    }


def _depends_on(value: t.Any) -> t.Any:
    if isinstance(value, list):
        return {name: {"condition": "service_started", "required": True} for name in value}
    if not isinstance(value, dict):
        return value
    return {name: _dependency(name, rule) for name, rule in value.items()}


def _dependency(name: str, rule: t.Any) -> dict[str, t.Any]:
    if not isinstance(rule, dict):
        raise Wrong(
            "found {0!r}".format(rule), "a mapping with condition, restart or required", (name,)
        )
    return {"condition": "service_started", "required": True, **rule}


def _env_file(value: t.Any) -> t.Any:
    files = _listed(value)
    return [_env_file_path(member) for member in files] if isinstance(files, list) else files


def _env_file_path(member: t.Any) -> t.Any:
    return (
        {"path": member, "required": True}
        if isinstance(member, str)
        else {"required": True, **member}
    )


def _by_name(value: t.Any) -> t.Any:
    return dict.fromkeys(value) if isinstance(value, list) else value


def _gpus(value: t.Any) -> t.Any:
    return [{"count": "all"}] if isinstance(value, str) else value


def _watch(value: t.Any) -> t.Any:
    if not isinstance(value, list):
        return value
    return [one for rule in value for one in _each_path(rule)]


def _each_path(rule: t.Any) -> list[t.Any]:
    paths = rule.get("path") if isinstance(rule, dict) else None
    return [{**rule, "path": path} for path in paths] if isinstance(paths, list) else [rule]


def _volume(value: t.Any) -> t.Any:
    return _read(
        value, lambda text: mounts.clean_target(mounts.parse_volume(text)), mounts.ACCEPTED_VOLUME
    )


def _device(value: t.Any) -> t.Any:
    return _read(value, mounts.parse_device, mounts.ACCEPTED_DEVICE)


def _read(value: t.Any, parse: t.Callable[[str], t.Any], accepted: str, below: Path = ()) -> t.Any:
    if not isinstance(value, str):
        return value
    try:
        return parse(value)
    except ValueError as error:
        raise Wrong("found {0!r}: {1}".format(value, error), accepted, below) from None


def _ports(value: t.Any) -> t.Any:
    if not isinstance(value, list):
        raise Wrong("found {0!r}".format(value), "a list of ports")
    return [port for index, member in enumerate(value) for port in _port(member, index)]


def _port(member: t.Any, index: int) -> list[t.Any]:
    if isinstance(member, dict):
        return [member]
    if isinstance(member, bool) or not isinstance(member, (str, int)):
        raise Wrong("found {0!r}".format(member), ports.ACCEPTED, (index,))
    found = _read(str(member), ports.parse_port, ports.ACCEPTED, (index,))
    return t.cast(t.List[t.Any], found)


def _external(value: t.Any) -> t.Any:
    if not isinstance(value, dict) or not isinstance(value.get("external"), dict):
        return value
    name = value["external"].get("name")
    if name is not None and value.get("name", name) != name:
        raise Wrong(
            "name {0!r} and external.name {1!r} differ".format(value["name"], name), "name alone"
        )
    found = {**value, "external": True}
    return found if name is None else {**found, "name": name}


SERVICE_ROWS: dict[str, Long] = {
    "build": _named("context"),
    "build.additional_contexts": _pairs,
    "build.secrets.*": _named("source"),
    "build.ssh": _ssh,
    "configs.*": _named("source"),
    "depends_on": _depends_on,
    "develop.watch": _watch,
    "devices.*": _device,
    "dns": _filled,
    "env_file": _env_file,
    "extends": _named("service"),
    "gpus": _gpus,
    "label_file": _listed,
    "models": _by_name,
    "networks": _by_name,
    "ports": _ports,
    "secrets.*": _named("source"),
    "volumes.*": _volume,
}
ROWS = table(
    {
        **{"services.*." + key: long for key, long in SERVICE_ROWS.items()},
        **{section + ".*": _external for section in ("volumes", "networks", "secrets", "configs")},
        "include.*": _named("path"),
    }
)


def canonical(model: dict[str, t.Any], where: Where) -> dict[str, t.Any]:
    """A copy of the model without short forms; raises ComposeError at the first unreadable one."""

    def long(row: Long, value: t.Any, path: Path) -> t.Any:
        try:
            return row(value)
        except Wrong as wrong:
            raise ComposeError(
                where(path + wrong.below), "{0}; accepted: {1}".format(wrong, wrong.accepted)
            ) from None

    found: dict[str, t.Any] = rewrite(model, ROWS, long)
    return found


def canonical_member(section: str, mapping: t.Mapping[str, t.Any], where: str) -> dict[str, t.Any]:
    """One member of a section (`services`, `networks` ...), long and typed; `where`: its place."""
    places = under(where)
    model = {section: {"": dict(mapping)}}
    found: dict[str, t.Any] = typed(
        canonical(model, lambda path: places(path[2:])), lambda path: places(path[2:])
    )
    member: dict[str, t.Any] = found[section][""]
    return member


def canonical_service(mapping: t.Mapping[str, t.Any], where: str) -> dict[str, t.Any]:
    """One service, as the task of a single container spells it, long and typed."""
    return canonical_member("services", mapping, where)
