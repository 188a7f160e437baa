# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of the engine's parts: options of which each stands in a file of ours on the host."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.field import Field
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import (
    archive,
    block,
    environment,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.facts import Placed


@dataclasses.dataclass(frozen=True)
class Part:
    """An option, and its file: ``render`` writes what ``parse`` reads.

    ``is_block``: the path is somebody else's file, and ours is a part of it between two marks.
    A file that isn't word for word as we write it counts as none.
    """

    field: Field
    path: str
    render: t.Callable[[t.Any], str]
    parse: t.Callable[[str], t.Any]
    mode: int = 0o644
    is_block: bool = False

    def read(self, file: Placed) -> t.Any:
        """The option's value on the host; None where the file doesn't say, or not in our words."""
        text = block.cut(file.text or "") if self.is_block else file.text
        if not text:
            return None
        value = self.parse(text)
        return value if value and self.render(value) == text else None

    def is_there(self, file: Placed) -> bool:
        """Whether anything of ours is in the file."""
        return bool(block.cut(file.text or "")) if self.is_block else file.text is not None

    def written(self, file: Placed, value: t.Any) -> Placed:
        """The file with this value, or without any; what is foreign in it stays."""
        text = self.render(value) if value else None
        mode = file.mode if self.is_block and file.text is not None else self.mode
        whole = block.graft(file.text or "", text) or None if self.is_block else text
        return Placed(self.path, whole, mode)


UNDER_SYSTEMD = (
    Part(
        environment.FIELD,
        environment.DROP_IN,
        environment.render_drop_in,
        environment.parse_drop_in,
        mode=0o600,
    ),
)
ELSEWHERE = (
    Part(
        environment.FIELD,
        environment.DEFAULTS,
        environment.render_exports,
        environment.parse_exports,
        is_block=True,
    ),
)
FIELDS = (environment.FIELD, *archive.FIELDS)
NAMES = frozenset(field.name for field in FIELDS)


def of(has_systemd: bool) -> tuple[Part, ...]:
    """The parts of a host, by who runs its engine."""
    return UNDER_SYSTEMD if has_systemd else ELSEWHERE


def look(outside: t.Any, parts: t.Iterable[Part]) -> dict[str, Placed]:
    """The files of the parts as they are."""
    return {part.path: at(outside, part.path) for part in parts}


def at(outside: t.Any, path: str) -> Placed:
    """A file as it is, through any link."""
    data = outside.read_bytes(path)
    text = None if data is None else data.decode("utf-8", "surrogateescape")
    return Placed(path, text, outside.mode_of(path) or 0o644)


def as_is(outside: t.Any, place: Placed) -> Placed:
    """What stands at the place of a file or a link."""
    if not place.is_link:
        return at(outside, place.path)
    return Placed(place.path, outside.read_link(place.path), is_link=True)


def found(parts: t.Iterable[Part], files: t.Mapping[str, Placed]) -> dict[str, t.Any]:
    """What the files of the parts say."""
    values = {part.field.name: part.read(files[part.path]) for part in parts}
    return {name: value for name, value in values.items() if value is not None}


def placements(
    parts: t.Iterable[Part],
    files: t.Mapping[str, Placed],
    wanted: t.Mapping[str, t.Any],
    changed: t.Collection[str],
) -> tuple[Placed, ...]:
    """The files of the parts that changed, as they shall be."""
    return tuple(
        part.written(files[part.path], wanted.get(part.field.name))
        for part in parts
        if part.field.name in changed
    )
