# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables whose rows are paths of the Compose model, and the one walk that applies them."""

from __future__ import annotations

import typing as t

Path = t.Tuple[t.Union[str, int], ...]
Where = t.Callable[[Path], str]
Row = t.TypeVar("Row")


class Branch(t.Generic[Row]):
    """The rows of a table under one path: its own row, and the branches below it."""

    def __init__(self) -> None:
        self.row: Row | None = None
        self.named: dict[str, Branch[Row]] = {}
        self.every: Branch[Row] | None = None

    def below(self, key: str | int) -> Branch[Row] | None:
        """The branch under a key or an index, if any row lies there."""
        if isinstance(key, str) and key in self.named:
            return self.named[key]
        return self.every

    def grow(self, part: str) -> Branch[Row]:
        """The branch under a part of a pattern, made if need be."""
        if part != "*":
            return self.named.setdefault(part, Branch())
        self.every = self.every or Branch()
        return self.every


def table(rows: t.Mapping[str, Row]) -> Branch[Row]:
    """A table from patterns like `services.*.ports.*`, where `*` is any key or index."""
    root: Branch[Row] = Branch()
    for pattern, row in rows.items():
        branch = root
        for part in pattern.split("."):
            branch = branch.grow(part)
        branch.row = row
    return root


def rewrite(
    value: t.Any, rows: Branch[Row], act: t.Callable[[Row, t.Any, Path], t.Any], path: Path = ()
) -> t.Any:
    """A copy of the model in which every value with a row was replaced, outer values first."""
    if rows.row is not None:
        value = act(rows.row, value, path)
    if not rows.named and rows.every is None:
        return value
    if isinstance(value, dict):
        return {key: _step(key, member, rows, act, path) for key, member in value.items()}
    if isinstance(value, list):
        return [_step(index, member, rows, act, path) for index, member in enumerate(value)]
    return value


def _step(
    key: str | int,
    value: t.Any,
    rows: Branch[Row],
    act: t.Callable[[Row, t.Any, Path], t.Any],
    path: Path,
) -> t.Any:
    branch = rows.below(key)
    return value if branch is None else rewrite(value, branch, act, path + (key,))


def dotted(path: Path) -> str:
    """A path as users read it: `services.web.ports[0]`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += "[{0}]".format(part)
        else:
            text += ".{0}".format(part) if text else part
    return text


def section(model: t.Mapping[str, t.Any], name: str) -> dict[str, t.Any]:
    """A top-level section of the model; empty when it isn't there."""
    found = model.get(name)
    return found if isinstance(found, dict) else {}
