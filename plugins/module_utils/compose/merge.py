# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A model laid over another: mappings merge, lists are joined, some keys have their own rules."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.compose.scalars import spell
from ansible_collections.slipway.docker.plugins.module_utils.compose.tree import (
    Branch,
    Path,
    Where,
    table,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import ComposeError

Mapping = t.Dict[str, t.Any]
NOTHING: Branch[str] = Branch()
STARTED = {"condition": "service_started", "required": True}

REPLACED = "command entrypoint healthcheck.test ulimits.*"
JOINED = (
    "annotations build.args build.additional_contexts build.labels deploy.labels dns dns_opt "
    "dns_search env_file "
    "environment label_file labels sysctls tmpfs volumes.*.volume.labels"
)
RULES: Branch[str] = table(
    {
        "networks.*.ipam.config": "pools",
        "networks.*.labels": "joined",
        "volumes.*.labels": "joined",
        **{"services.*." + path: "replaced" for path in REPLACED.split()},
        **{"services.*." + path: "joined" for path in JOINED.split()},
        "services.*.build": "build",
        "services.*.build.extra_hosts": "hosts",
        "services.*.depends_on": "dependencies",
        "services.*.extra_hosts": "hosts",
        "services.*.logging": "logging",
        "services.*.models": "names",
        "services.*.networks": "names",
    }
)


def merge(base: Mapping, over: Mapping, where: Where) -> Mapping:
    """A new model: `over` laid over `base`; raises ComposeError where their shapes don't fit."""
    return _Merger(where).mappings(base, over, RULES, ())


def merge_at(path: tuple[str, ...], base: t.Any, over: t.Any, where: Where) -> t.Any:
    """One value of the model laid over another, by the rules of its path."""
    rules: Branch[str] | None = RULES
    for part in path:
        rules = rules.below(part) if rules else None
    return _Merger(where).values(base, over, rules or NOTHING, path)


class _Merger:
    """The rules of merging; every method returns a new value."""

    def __init__(self, where: Where) -> None:
        self.where = where
        self.rules: dict[str, t.Callable[[t.Any, t.Any, Branch[str], Path], t.Any]] = {
            "replaced": lambda base, over, rules, path: over,
            "joined": lambda base, over, rules, path: sequence(base) + sequence(over),
            "hosts": self._hosts,
            "build": self._converted(_build),
            "dependencies": self._converted(_dependencies),
            "names": self._converted(_names),
            "logging": self._logging,
            "pools": self._pools,
        }

    def values(self, base: t.Any, over: t.Any, rules: Branch[str], path: Path) -> t.Any:
        """One value laid over another."""
        if rules.row is not None:
            return self.rules[rules.row](base, over, rules, path)
        if over is None:
            return base
        if isinstance(base, dict):
            return self.mappings(base, self._same(over, dict, path), rules, path)
        if isinstance(base, list):
            return base + self._same(over, list, path)
        return over

    def mappings(self, base: Mapping, over: Mapping, rules: Branch[str], path: Path) -> Mapping:
        """One mapping laid over another, key by key."""
        found = dict(base)
        for key, value in over.items():
            found[key] = (
                self.values(found[key], value, rules.below(key) or NOTHING, path + (key,))
                if key in found
                else value
            )
        return found

    def _same(self, over: t.Any, shape: type, path: Path) -> t.Any:
        if isinstance(over, shape):
            return over
        words: dict[type, str] = {dict: "a mapping", list: "a list"}
        problem = "found {0!r} where an earlier file has {1}".format(over, words[shape])
        raise ComposeError(
            self.where(path),
            problem,
            "write {0}, or !override before the value".format(words[shape]),
        )

    def _converted(
        self, convert: t.Callable[[t.Any], Mapping]
    ) -> t.Callable[[t.Any, t.Any, Branch[str], Path], t.Any]:
        def rule(base: t.Any, over: t.Any, rules: Branch[str], path: Path) -> t.Any:
            first, second = self._shaped(convert(base), path), self._shaped(convert(over), path)
            return self.mappings(first, second, rules, path)

        return rule

    def _shaped(self, value: t.Any, path: Path) -> Mapping:
        if not isinstance(value, dict):
            raise ComposeError(self.where(path), "found {0!r}; accepted: a mapping".format(value))
        return value

    def _hosts(self, base: t.Any, over: t.Any, rules: Branch[str], path: Path) -> list[t.Any]:
        first = sequence(base)
        return first + [member for member in sequence(over) if member not in first]

    def _logging(self, base: t.Any, over: t.Any, rules: Branch[str], path: Path) -> t.Any:
        first, second = self._shaped(base or {}, path), self._shaped(over or {}, path)
        drivers = {mapping["driver"] for mapping in (first, second) if "driver" in mapping}
        return self.mappings(first, second, rules, path) if len(drivers) < 2 else over

    def _pools(self, base: t.Any, over: t.Any, rules: Branch[str], path: Path) -> list[t.Any]:
        self._same(base, list, path)
        found: list[Mapping] = []
        for first in base:
            for second in self._same(over, list, path):
                first, second = self._shaped(first, path), self._shaped(second, path)
                if second.get("subnet") != first.get("subnet") and _index(found, second) is None:
                    found.append(second)
                    continue
                merged = self.mappings(first, second, NOTHING, path)
                place = _index(found, merged)
                found[
                    len(found) if place is None else place : len(found)
                    if place is None
                    else place + 1
                ] = [merged]
        return found


def sequence(value: t.Any) -> list[t.Any]:
    """A mapping as a sorted list of `NAME=value`; a text as a list of one."""
    if isinstance(value, dict):
        return sorted(
            _pair(name, one)
            for name, many in value.items()
            for one in (many if isinstance(many, list) else [many])
        )
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, str) else []


def _pair(name: str, value: t.Any) -> str:
    return name if value is None else "{0}={1}".format(name, spell(value))


def _index(pools: list[Mapping], pool: Mapping) -> int | None:
    return next(
        (place for place, member in enumerate(pools) if member.get("subnet") == pool.get("subnet")),
        None,
    )


def _build(value: t.Any) -> Mapping:
    return {"context": value} if isinstance(value, str) else value or {}


def _dependencies(value: t.Any) -> Mapping:
    return {name: dict(STARTED) for name in value} if _listed(value) else value or {}


def _names(value: t.Any) -> Mapping:
    return dict.fromkeys(value) if _listed(value) else value or {}


def _listed(value: t.Any) -> bool:
    return isinstance(value, list) and all(isinstance(member, str) for member in value)
