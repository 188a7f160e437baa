# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The nodes of a YAML stream, with their lines; anchors may be defined again, as in YAML 1.2."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import ComposeError

try:
    import yaml
except ImportError:
    yaml = None  # type: ignore[assignment]

SCALAR, SEQUENCE, MAPPING, ALIAS = "scalar", "sequence", "mapping", "alias"
TAB = "a text may not begin so; quote it, and indent with spaces, never with tabs"
MAX_VISITS = 100_000
MAX_DEPTH = 200


class Node:
    """A node: its kind, tag, line, and its text, its members, its pairs, or the node it repeats."""

    __slots__ = ("kind", "tag", "line", "text", "plain", "members")

    def __init__(self, kind: str, tag: str | None, line: int) -> None:
        self.kind = kind
        self.tag = tag
        self.line = line
        self.text = ""
        self.plain = False
        self.members: list[t.Any] = []


class _Reader:
    """Builds the nodes of one stream from the parser's events."""

    def __init__(self, label: str, events: t.Iterator[t.Any]) -> None:
        self.label = label
        self.events = events
        self.anchors: dict[str, Node] = {}
        self.depth = 0
        self.visits = 0
        self.shapes: dict[type, t.Callable[[t.Any], Node]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.AliasEvent: self._alias,
            yaml.SequenceStartEvent: self._sequence,
            yaml.MappingStartEvent: self._mapping,
        }

    def documents(self) -> t.Iterator[Node]:
        """The root node of each document."""
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                self.anchors = {}
                self.visits = 0
            elif type(event) in self.shapes:
                yield self._node(event)

    def fail(self, line: int, problem: str, hint: str = "") -> ComposeError:
        """An error at a line."""
        return ComposeError("{0}:{1}".format(self.label, line), problem, hint)

    def _node(self, event: t.Any) -> Node:
        return self.shapes[type(event)](event)

    def _new(self, kind: str, event: t.Any) -> Node:
        node = Node(kind, event.tag, event.start_mark.line + 1)
        self._count(node)
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        return node

    def _count(self, node: Node) -> None:
        self.visits += 1
        if self.visits > 2 * MAX_VISITS:
            raise self.fail(
                node.line, "the file has more than {0} values".format(MAX_VISITS), "split it"
            )

    def _scalar(self, event: t.Any) -> Node:
        node = self._new(SCALAR, event)
        node.text = event.value
        node.plain = event.implicit[0]
        return node

    def _alias(self, event: t.Any) -> Node:
        line = event.start_mark.line + 1
        if event.anchor not in self.anchors:
            known = ", ".join(sorted(self.anchors)) or "none"
            raise self.fail(
                line,
                "no anchor &{0}".format(event.anchor),
                "anchors above this line: {0}".format(known),
            )
        node = Node(ALIAS, None, line)
        node.members = [self.anchors[event.anchor]]
        self._count(node)
        return node

    def _sequence(self, event: t.Any) -> Node:
        node = self._new(SEQUENCE, event)
        node.members = self._until(yaml.SequenceEndEvent, node)
        return node

    def _mapping(self, event: t.Any) -> Node:
        node = self._new(MAPPING, event)
        flat = self._until(yaml.MappingEndEvent, node)
        node.members = list(zip(flat[0::2], flat[1::2]))
        return node

    def _until(self, end: type, node: Node) -> list[Node]:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.fail(node.line, "values nested deeper than {0}".format(MAX_DEPTH))
        members = []
        for event in self.events:
            if isinstance(event, end):
                break
            members.append(self._node(event))
        self.depth -= 1
        return members


def read_nodes(text: str, label: str) -> list[Node]:
    """The root node of each document of a stream; raises ComposeError where it isn't YAML."""
    if yaml is None:
        raise ComposeError(label, "PyYAML isn't installed on the controller", "pip install PyYAML")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return list(_Reader(label, iter(yaml.parse(text, Loader=loader))).documents())
    except yaml.YAMLError as error:
        raise _said(label, error) from None


def _said(label: str, error: t.Any) -> ComposeError:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    where = label if mark is None else "{0}:{1}".format(label, mark.line + 1)
    parts = [
        getattr(error, "context", None),
        getattr(error, "problem", None) or getattr(error, "reason", None),
    ]
    said = " ".join(part for part in parts if part) or str(error)
    tab = "cannot start any token" in said
    return ComposeError(where, "not YAML: " + said, TAB if tab else "")
