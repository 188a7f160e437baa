# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""YAML 1.2 as Compose reads it: duplicate keys refused, aliases bounded, `!reset` noted."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.compose import nodes
from ansible_collections.slipway.docker.plugins.module_utils.compose.nodes import Node
from ansible_collections.slipway.docker.plugins.module_utils.compose.places import Page
from ansible_collections.slipway.docker.plugins.module_utils.compose.scalars import TAGGED, resolve
from ansible_collections.slipway.docker.plugins.module_utils.compose.tree import Path
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import ComposeError

MERGE = "<<"
MERGE_TAG = "tag:yaml.org,2002:merge"
RESET, OVERRIDE = "!reset", "!override"
FREE_ALIASES, FREE_VALUES = 100, 1000
FEW, MANY = 400_000, 4_000_000
GONE = object()


@dataclasses.dataclass(frozen=True)
class Document:
    """A document: its value, where its values stand, and which earlier values it drops."""

    value: t.Any
    page: Page
    drops: tuple[Path, ...] = ()


def parse(text: str, label: str) -> list[Document]:
    """The documents of a file; raises ComposeError with the line of what can't be read."""
    return [_Builder(label).build(root) for root in nodes.read_nodes(text.lstrip("\ufeff"), label)]


class _Builder:
    """Makes the value of one document from its nodes."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.lines: dict[Path, int] = {}
        self.drops: list[Path] = []
        self.open: set[int] = set()
        self.aliases = 0
        self.outermost: tuple[int, Path] = (0, ())
        self.merging = 0
        self.values = 0
        self.visits = 0
        self.makers: dict[str, t.Callable[[Node, Path], t.Any]] = {
            nodes.SCALAR: self._scalar,
            nodes.SEQUENCE: self._sequence,
            nodes.MAPPING: self._mapping,
        }

    def build(self, root: Node) -> Document:
        value = self._value(root, ())
        return Document(
            None if value is GONE else value, Page(self.label, self.lines), tuple(self.drops)
        )

    def _note(self, path: Path, line: int) -> None:
        if self.merging:
            self.lines.setdefault(path, line)
        else:
            self.lines[path] = line

    def _fail(self, line: int, path: Path, problem: str, hint: str = "") -> ComposeError:
        place = Page(self.label, {path: line}).at(path)
        return ComposeError(place, problem, hint)

    def _value(self, node: Node, path: Path) -> t.Any:
        self._count(node, path)
        target = node.members[0] if node.kind == nodes.ALIAS else node
        self._note(path, node.line)
        if target.tag in (RESET, OVERRIDE):
            self.drops.append(path)
        if target.tag == RESET:
            return GONE
        if target is node:
            return self.makers[node.kind](node, path)
        return self._repeated(target, node.line, path)

    def _repeated(self, target: Node, line: int, path: Path) -> t.Any:
        if id(target) in self.open:
            raise self._fail(line, path, "an anchor holds an alias to itself")
        self.outermost = self.outermost if self.aliases else (line, path)
        self.aliases += 1
        value = self.makers[target.kind](target, path)
        self.aliases -= 1
        return value

    def _count(self, node: Node, path: Path) -> None:
        self.values += 1
        self.visits += 1 if self.aliases else 0
        plain = self.values - self.visits
        if plain > nodes.MAX_VISITS:
            raise self._fail(
                node.line,
                path,
                "the file has more than {0} values".format(nodes.MAX_VISITS),
                "split it",
            )
        if (
            self.visits > FREE_ALIASES
            and self.values > FREE_VALUES
            and self.visits > self.values * self._share()
        ):
            hint = "a file of this size may not be mostly aliases"
            raise self._fail(*self.outermost, "aliases repeat too much", hint)

    def _share(self) -> float:
        if self.values <= FEW:
            return 0.99
        return max(0.10, 0.99 - 0.89 * (self.values - FEW) / (MANY - FEW))

    def _scalar(self, node: Node, path: Path) -> t.Any:
        if node.tag is None or node.tag == "!":
            return resolve(node.text) if node.plain else node.text
        try:
            return TAGGED.get(node.tag, str)(node.text)
        except ValueError as error:
            raise self._fail(
                node.line, path, "found {0!r}, which isn't {1}".format(node.text, error)
            ) from None

    def _sequence(self, node: Node, path: Path) -> list[t.Any]:
        self.open.add(id(node))
        found: list[t.Any] = []
        for member in node.members:
            value = self._value(member, path + (len(found),))
            if value is not GONE:
                found.append(value)
        self.open.discard(id(node))
        return found

    def _mapping(self, node: Node, path: Path) -> dict[str, t.Any]:
        self.open.add(id(node))
        found: dict[str, t.Any] = {}
        merges: list[Node] = []
        seen: dict[str, int] = {}
        for key, member in node.members:
            name = self._key(key, path, seen)
            if name == MERGE and _merges(key):
                merges.append(member)
                continue
            value = self._value(member, path + (name,))
            if value is not GONE:
                found[name] = value
        for member in merges:
            self._merge(found, member, path)
        self.open.discard(id(node))
        return found

    def _key(self, key: Node, path: Path, seen: dict[str, int]) -> str:
        node = key.members[0] if key.kind == nodes.ALIAS else key
        if node.kind != nodes.SCALAR:
            raise self._fail(
                key.line,
                path,
                "a key is a {0}; accepted: text".format(node.kind),
                "quote it if it is text",
            )
        name = self._scalar(node, path)
        if not isinstance(name, str):
            problem = "the key {0} isn't text".format(node.text)
            raise self._fail(
                key.line, path, problem, "write {0}".format('"{0}":'.format(node.text))
            )
        if name in seen:
            problem = "duplicate key, first on line {0}".format(seen[name])
            raise self._fail(key.line, path + (name,), problem, "keep one of the two")
        seen[name] = key.line
        return name

    def _merge(self, found: dict[str, t.Any], node: Node, path: Path) -> None:
        target = node.members[0] if node.kind == nodes.ALIAS else node
        if target.kind == nodes.SEQUENCE:
            for member in target.members:
                self._merge(found, member, path)
            return
        if target.kind != nodes.MAPPING:
            problem = "<< is given {0}; accepted: a mapping, or a list of mappings".format(
                _kind(target)
            )
            raise self._fail(node.line, path, problem)
        self.merging += 1
        value = self._value(node, path)
        self.merging -= 1
        for name, member in value.items() if isinstance(value, dict) else ():
            found.setdefault(name, member)


def _merges(key: Node) -> bool:
    return key.kind == nodes.SCALAR and (key.plain or key.tag in ("!", MERGE_TAG))


def _kind(node: Node) -> str:
    return (
        "the text {0!r}".format(node.text)
        if node.kind == nodes.SCALAR
        else "a {0}".format(node.kind)
    )


def drop(model: t.Any, paths: t.Iterable[Path]) -> t.Any:
    """A copy of the model without the values at these paths; members of lists stay."""
    wanted = set(paths)
    return _without(model, wanted, ()) if wanted else model


def _without(value: t.Any, wanted: set[Path], path: Path) -> t.Any:
    if not isinstance(value, dict):
        return value
    return {
        name: _without(member, wanted, path + (name,))
        for name, member in value.items()
        if path + (name,) not in wanted
    }
