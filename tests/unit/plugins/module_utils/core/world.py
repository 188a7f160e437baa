# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A model of the world, small enough to be believed: boxes, an engine that has them, and a kind."""

from __future__ import annotations

import itertools
import threading
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.codec import (
    BOOLEAN,
    LIST,
    MAPPING,
    SIZE_BYTES,
    TEXT,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.converge import Settings, converge
from ansible_collections.slipway.docker.plugins.module_utils.core.diff import worst
from ansible_collections.slipway.docker.plugins.module_utils.core.field import (
    Effect,
    Field,
    as_set,
    from_engine,
    overlaid,
    to_engine,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.kind import Kind, Survey, read
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Request, Step, chain
from ansible_collections.slipway.docker.plugins.module_utils.core.record import (
    LABEL,
    digest,
    from_label,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.report import Report
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Found, Resource

ALL = tuple(str(effect) for effect in Effect)
# What the engine puts on every box, asked or not.
MAKERS_TAGS = {"maker": "here"}

FIELDS = (
    Field("color", TEXT, ("Look", "Color"), default="grey"),
    Field("size", SIZE_BYTES, ("Size",), effect=Effect.UPDATE),
    Field("lid", BOOLEAN, ("Lid",), effect=Effect.UPDATE),
    Field("tags", MAPPING, ("Tags",), effect=Effect.UPDATE, merge=overlaid),
    Field("parts", LIST, ("Parts",), effect=Effect.RESTART, match=as_set),
    Field("pin", TEXT, ("Pin",), effect=Effect.UPDATE, secret=True),
    Field("contents", TEXT, sealed=True),
)


class Memory:
    """Records in a dict."""

    def __init__(self) -> None:
        self.entries: dict[tuple[str, str], t.Mapping[str, str]] = {}
        self.saved = 0

    def recall(self, kind: str, id: str) -> t.Mapping[str, str] | None:
        return self.entries.get((kind, id))

    def remember(self, kind: str, id: str, record: t.Mapping[str, str]) -> None:
        self.entries[kind, id] = record

    def forget(self, kind: str, id: str) -> None:
        self.entries.pop((kind, id), None)

    def seal(self, value: t.Any) -> str:
        return digest(b"key", value)

    def save(self) -> None:
        self.saved += 1


class World:
    """The boxes that exist; ``faults`` maps a call (``update box a``) to its error."""

    def __init__(self) -> None:
        self.boxes: dict[str, dict[str, t.Any]] = {}
        self.faults: dict[str, BaseException] = {}
        self.calls: list[str] = []
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()

    def called(self, verb: str, name: str) -> None:
        with self._lock:
            call = "{0} box {1}".format(verb, name)
            self.calls.append(call)
            if call in self.faults:
                raise self.faults[call]

    def make(self, name: str, body: t.Mapping[str, t.Any], **labels: str) -> str:
        """A box as the engine makes it, by hand or by us; returns its id."""
        if name in self.boxes:
            raise RuntimeError("there is a box {0} already".format(name))
        id = "#{0}".format(next(self._numbers))
        self.boxes[name] = {**as_made(body), "Id": id, "Labels": labels}
        return id

    @property
    def contents(self) -> dict[str, t.Any]:
        """What can be told of the boxes by looking at them, their ids left out."""
        return {
            name: {key: value for key, value in box.items() if key != "Id"}
            for name, box in self.boxes.items()
        }


def as_made(body: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """What the engine makes of a body: it adds what nobody asked for."""
    look = {"Color": "grey", **body.get("Look", {})}
    return {**body, "Look": look, "Tags": {**MAKERS_TAGS, **body.get("Tags", {})}}


def observe(world: World, survey: Survey) -> dict[str, Found]:
    """All boxes, translated."""
    return {name: found(name, box, survey.owner) for name, box in world.boxes.items()}


def found(name: str, box: t.Mapping[str, t.Any], owner: str) -> Found:
    """One box in the user's vocabulary."""
    return Found(
        "box",
        name,
        box["Id"],
        from_engine(FIELDS, box),
        {"tags": MAKERS_TAGS},
        from_label(box["Labels"].get(LABEL)),
        owned=bool(owner) and box["Labels"].get("owner") == owner,
        facts=box,
    )


def plan(request: Request) -> list[Step]:
    """Create, update in place, replace, or remove."""
    wanted, existing = request.wanted, request.found
    payload = {
        "body": to_engine(FIELDS, wanted.fields),
        "labels": dict(request.labels),
        "old": existing.facts if existing else None,
        "parcels": wanted.options.get("parcels", ()),
    }
    if wanted.state == "absent":
        return [request.step("remove", undo="restore", payload=payload)] if existing else []
    if existing is None:
        return [request.step("create", undo="discard", payload=payload)]
    effect = worst(request.changes)
    if effect is None:
        return []
    if effect < Effect.RECREATE:
        return [request.step("update", effect=effect, undo="revert", payload=payload)]
    return chain(
        [
            request.step("remove", effect=effect, undo="restore", payload=payload),
            request.step("create", effect=effect, undo="discard", payload=payload),
        ]
    )


def create(world: World, step: Step) -> str:
    world.called("create", step.name)
    return world.make(step.name, step.payload["body"], **step.payload["labels"])


def remove(world: World, step: Step) -> None:
    world.called("remove", step.name)
    del world.boxes[step.name]


def update(world: World, step: Step) -> None:
    world.called("update", step.name)
    old = world.boxes[step.name]
    world.boxes[step.name] = {
        **as_made(step.payload["body"]),
        "Id": old["Id"],
        "Labels": old["Labels"],
    }


def discard(world: World, step: Step) -> None:
    world.called("discard", step.name)
    world.boxes.pop(step.name, None)


def put_old(world: World, step: Step) -> None:
    world.called("put back", step.name)
    world.boxes[step.name] = step.payload["old"]


ACTIONS = {
    "create": create,
    "remove": remove,
    "update": update,
    "discard": discard,
    "restore": put_old,
    "revert": put_old,
}
BOX = Kind("box", FIELDS, observe, plan, ACTIONS)


def box(
    name: str, state: str = "present", options: t.Any = None, needs: t.Any = (), **fields: t.Any
) -> Resource:
    """A wanted box, its fields as a user writes them."""
    canonical = read(BOX, "box {0}".format(name), fields)
    return Resource("box", name, state, canonical, options or {}, tuple(needs))


def run(world: World, *wanted: Resource, memory: Memory | None = None, **settings: t.Any) -> Report:
    """One run, everything allowed unless said otherwise."""
    chosen = Settings(**{"consent": ALL, "workers": 4, **settings})
    return converge([BOX], wanted, world, memory or Memory(), chosen)
