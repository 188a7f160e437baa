# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A field of a resource, declared once: its name, its translation, its comparison and its cost."""

from __future__ import annotations

import dataclasses
import enum
import typing as t


class Effect(enum.IntEnum):
    """What mending a change costs, cheapest first."""

    RELOAD = 1
    UPDATE = 2
    RECONNECT = 3
    RESTART = 4
    RECREATE = 5
    DESTROY = 6

    def __str__(self) -> str:
        return self.name.lower()


def _same(value: t.Any) -> t.Any:
    return value


@dataclasses.dataclass(frozen=True)
class Codec:
    """How a value is read from the user, written to the engine, read back, and shown.

    ``read`` takes what the user wrote, or raises ``ValueError`` (what is accepted).
    ``from_engine`` gives ``None`` for the engine's way of saying "not set".
    """

    option: t.Mapping[str, t.Any]
    read: t.Callable[[t.Any], t.Any] = _same
    to_engine: t.Callable[[t.Any], t.Any] = _same
    from_engine: t.Callable[[t.Any], t.Any] = _same
    show: t.Callable[[t.Any], str] = repr


Match = t.Callable[[t.Any, t.Any], bool]
Merge = t.Callable[[t.Any, t.Any], t.Any]


def exact(expected: t.Any, found: t.Any) -> bool:
    """Equal values; an empty collection and nothing at all are the same."""
    return bool(expected == found) or (_is_empty(expected) and _is_empty(found))


def as_set(expected: t.Any, found: t.Any) -> bool:
    """Equal members, in whatever order and however often."""
    return sorted(set(map(repr, expected or ()))) == sorted(set(map(repr, found or ())))


def write_only(expected: t.Any, found: t.Any) -> bool:
    """Agrees with anything: the engine doesn't tell what it was given."""
    return True


def replaced(default: t.Any, wanted: t.Any) -> t.Any:
    """What is wanted takes the default's place."""
    return wanted


def overlaid(default: t.Any, wanted: t.Any) -> t.Any:
    """What is wanted is laid over the default, key by key."""
    return {**(default or {}), **(wanted or {})}


def joined(default: t.Any, wanted: t.Any) -> t.Any:
    """What is wanted is added to the default's members."""
    kept = list(default or ())
    return kept + [member for member in wanted or () if member not in kept]


@dataclasses.dataclass(frozen=True)
class Field:
    """One row of a kind's table.

    ``path``: where the value stands in the engine's JSON. ``default``: what the engine does when
    nobody asks. ``since``: the API version that knows it. ``merge``: how what is wanted meets the
    default (an image's environment). ``secret``: never shown. ``sealed``: the engine doesn't tell
    the value, so what is declared is compared with the seal of what was applied. ``names``: the kind
    of the resource that it names, which may be another one by now without an edit.
    """

    name: str
    codec: Codec
    path: tuple[str, ...] = ()
    match: Match = exact
    effect: Effect = Effect.RECREATE
    default: t.Any = None
    merge: Merge = replaced
    since: str = ""
    secret: bool = False
    sealed: bool = False
    aliases: tuple[str, ...] = ()
    names: str = ""


def _is_empty(value: t.Any) -> bool:
    return value is None or (isinstance(value, (dict, list, tuple, str)) and not value)


def dig(data: t.Any, path: t.Sequence[str]) -> t.Any:
    """The value at a path of nested mappings, or None."""
    for key in path:
        data = data.get(key) if isinstance(data, dict) else None
    return data


def put(data: dict[str, t.Any], path: t.Sequence[str], value: t.Any) -> None:
    """Set the value at a path of nested mappings, making what is missing on the way."""
    for key in path[:-1]:
        data = data.setdefault(key, {})
    data[path[-1]] = value


def to_engine(fields: t.Iterable[Field], values: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """The engine's JSON for the fields that are set and have a path."""
    body: dict[str, t.Any] = {}
    for field in fields:
        value = values.get(field.name)
        if value is not None and field.path:
            put(body, field.path, field.codec.to_engine(value))
    return body


def from_engine(fields: t.Iterable[Field], data: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """The fields that the engine's JSON sets, in the user's vocabulary."""
    told = [field for field in fields if field.path]
    values = {field.name: field.codec.from_engine(dig(data, field.path)) for field in told}
    return {name: value for name, value in values.items() if value is not None}
