# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The three-way comparison: wanted against found, and what was applied tells who changed it."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.field import Effect, Field
from ansible_collections.slipway.docker.plugins.module_utils.core.hide import HIDDEN, display

# A member may be there and be null, as a network without settings is.
ABSENT: t.Any = object()
DRIFT = " (drift)"
Seal = t.Callable[[t.Any], str]
Show = t.Callable[[t.Any], str]
Ours = t.Callable[[str, t.Any], bool]


@dataclasses.dataclass(frozen=True)
class Change:
    """One field whose wanted and found differ; ``before`` and ``after`` are made for reading.

    Either is None where there is nothing. ``sealed``: they are seals, which tell a reader nothing.
    """

    field: str
    before: str | None
    after: str | None
    effect: Effect
    drift: bool = False
    sealed: bool = False

    def __str__(self) -> str:
        return self.phrase + (DRIFT if self.drift else "")

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
    ours: Ours = lambda kind, name: False,
) -> tuple[Change, ...]:
    """The changes that bring found to wanted; ``applied`` holds the last run's seals by field.

    ``ours``: whether a run of ours left the resource that a field names as it is, so nobody else did.
    """
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
        if not _agree(field, expected, actual):
            is_said = declared is not None and applied.get(field.name) == seal(declared)
            drift = is_said and not (field.names and ours(field.names, declared))
            after, before = (ABSENT if side is None else side for side in (expected, actual))
            changes.extend(_tell(field, field.name, after, before, drift))
    return tuple(changes)


def worst(changes: t.Iterable[Change]) -> Effect | None:
    """The costliest effect among the changes."""
    return max((change.effect for change in changes), default=None)


def causes(changes: t.Iterable[Change]) -> str:
    """The causes of a step, in one phrase."""
    return "; ".join(str(change) for change in changes)


def _agree(field: Field, expected: t.Any, actual: t.Any) -> bool:
    if field.match(expected, actual):
        return True
    # Zero and false are how the engine says "not set": who asks for them has them already.
    return actual is None and field.codec.from_engine(field.codec.to_engine(expected)) is None


def _tell(
    field: Field, name: str, expected: t.Any, actual: t.Any, drift: bool
) -> t.Iterator[Change]:
    keys = _keys_that_differ(expected, actual)
    for key in keys:
        member = "{0}.{1}".format(name, key)
        yield from _tell(field, member, expected.get(key, ABSENT), actual.get(key, ABSENT), drift)
    if not keys:
        show = field.codec.show if name == field.name else repr
        yield _change(field, name, expected, actual, drift, show)


def _keys_that_differ(expected: t.Any, actual: t.Any) -> list[t.Any]:
    if not (isinstance(expected, dict) and isinstance(actual, dict) and expected and actual):
        return []
    keys = sorted({**expected, **actual}, key=str)
    return [key for key in keys if expected.get(key, ABSENT) != actual.get(key, ABSENT)]


def _tell_sealed(
    field: Field, declared: t.Any, applied: str | None, seal: Seal
) -> t.Iterator[Change]:
    sealed = None if declared is None else seal(declared)
    if applied is None:
        yield _change(field, field.name, declared, ABSENT, False, field.codec.show)
    elif applied != sealed:
        yield Change(field.name, applied, sealed, field.effect, sealed=True)


def _change(
    field: Field, name: str, expected: t.Any, actual: t.Any, drift: bool, show: Show
) -> Change:
    def shown(value: t.Any) -> str | None:
        if value is ABSENT:
            return None
        return HIDDEN if field.secret else display(name, value, show)

    return Change(name, shown(actual), shown(expected), field.effect, drift)
