# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The three-way comparison: wanted against found, with what was applied before telling who changed it."""

from __future__ import annotations

import dataclasses
import re
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.field import Effect, Field

SECRET_NAME = re.compile(r"pass|secret|token|credential|private|api_?key|access_?key|auth", re.IGNORECASE)
SECRET_PART = re.compile(r"((?:pass|password|secret|token)=)[^,;&\s]+", re.IGNORECASE)
SECRET_USERINFO = re.compile(r"(://[^/\s:@]+:)[^/\s@]+(@)")
HIDDEN = "(hidden)"

Seal = t.Callable[[t.Any], str]


@dataclasses.dataclass(frozen=True)
class Change:
    """One field whose wanted and found differ: ``before`` and ``after`` are made for reading, None where there is nothing."""

    field: str
    before: str | None
    after: str | None
    effect: Effect
    drift: bool = False
    sealed: bool = False

    def __str__(self) -> str:
        return self.phrase + (" (drift)" if self.drift else "")

    @property
    def phrase(self) -> str:
        """The cause that this change is, as a person would say it."""
        if self.after is None:
            return "{0} removed".format(self.field)
        if self.before is None:
            return "{0} added: {1}".format(self.field, self.after)
        if self.before == self.after or self.sealed:
            return "{0} changed".format(self.field)
        return "{0} {1} -> {2}".format(self.field, self.before, self.after)


def compare(
    fields: t.Iterable[Field],
    wanted: t.Mapping[str, t.Any],
    found: t.Mapping[str, t.Any],
    applied: t.Mapping[str, str],
    defaults: t.Mapping[str, t.Any],
    seal: Seal,
) -> tuple[Change, ...]:
    """The changes that bring found to wanted; ``applied`` maps the fields of the last run to their sealed values."""
    changes: list[Change] = []
    for field in fields:
        declared = wanted.get(field.name)
        if declared is None and field.name not in applied:
            continue
        if field.sealed:
            changes.extend(_tell_sealed(field, declared, applied.get(field.name), seal))
            continue
        default = defaults.get(field.name, field.default)
        expected = default if declared is None else field.merge(default, declared)
        actual = found.get(field.name, default)
        if not field.match(expected, actual):
            drift = declared is not None and applied.get(field.name) == seal(declared)
            changes.extend(_tell(field, field.name, expected, actual, drift))
    return tuple(changes)


def worst(changes: t.Iterable[Change]) -> Effect | None:
    """The costliest effect among the changes."""
    return max((change.effect for change in changes), default=None)


def causes(changes: t.Iterable[Change]) -> str:
    """The causes of a step, in one phrase."""
    return "; ".join(str(change) for change in changes)


def display(name: str, value: t.Any, show: t.Callable[[t.Any], str] = repr) -> str:
    """A value made for reading, with what looks like a secret left out."""
    if SECRET_NAME.search(name.rpartition(".")[2]):
        return HIDDEN
    return SECRET_USERINFO.sub(r"\1***\2", SECRET_PART.sub(r"\1***", show(_without_secrets(value))))


def _without_secrets(value: t.Any) -> t.Any:
    if not isinstance(value, dict):
        return value
    return {key: HIDDEN if SECRET_NAME.search(str(key)) else _without_secrets(member) for key, member in value.items()}


def _tell(field: Field, name: str, expected: t.Any, actual: t.Any, drift: bool) -> t.Iterator[Change]:
    if isinstance(expected, dict) and isinstance(actual, dict) and expected and actual:
        for key in sorted(set(expected) | set(actual), key=str):
            if expected.get(key) != actual.get(key) or (key in expected) != (key in actual):
                yield from _tell(field, "{0}.{1}".format(name, key), expected.get(key), actual.get(key), drift)
    else:
        yield _change(field, name, expected, actual, drift, field.codec.show if name == field.name else repr)


def _tell_sealed(field: Field, declared: t.Any, applied: str | None, seal: Seal) -> t.Iterator[Change]:
    sealed = None if declared is None else seal(declared)
    if applied is None:
        yield _change(field, field.name, declared, None, False, field.codec.show)
    elif applied != sealed:
        yield Change(field.name, applied, sealed, field.effect, sealed=True)


def _change(
    field: Field, name: str, expected: t.Any, actual: t.Any, drift: bool, show: t.Callable[[t.Any], str]
) -> Change:
    def shown(value: t.Any) -> str | None:
        if value is None:
            return None
        return HIDDEN if field.secret else display(name, value, show)

    return Change(name, shown(actual), shown(expected), field.effect, drift)
