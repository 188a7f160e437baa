# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The door plate of a kind: its table of fields, how it is observed, planned and applied."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.core.field import Field
from ansible_collections.slipway.docker.plugins.module_utils.core.hide import HIDDEN, display
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Request, Step
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import (
    Found,
    Resource,
    Snapshot,
)


@dataclasses.dataclass(frozen=True)
class Survey:
    """What an observation is asked for: these resources, and all that carries the owner's name.

    ``seen`` holds the kinds observed before.
    """

    wanted: tuple[Resource, ...] = ()
    owner: str = ""
    seen: Snapshot = dataclasses.field(default_factory=dict)


Observe = t.Callable[[t.Any, Survey], t.Mapping[str, Found]]
Planner = t.Callable[[Request], t.Iterable[Step]]
Action = t.Callable[[t.Any, Step], t.Any]
Check = t.Callable[[Resource], None]
Canonical = t.Callable[[Resource], Resource]
LineUp = t.Callable[[t.Tuple[Resource, ...]], t.Tuple[Resource, ...]]


def accept(wanted: Resource) -> None:
    """The check of a kind that has no rules beyond its table."""


def as_it_is(wanted: Resource) -> Resource:
    """The resource of a kind whose fields are declared one by one."""
    return wanted


def as_they_come(wanted: tuple[Resource, ...]) -> tuple[Resource, ...]:
    """The resources of a kind that know nothing of each other."""
    return wanted


@dataclasses.dataclass(frozen=True)
class Kind:
    """A kind of resource.

    ``observe`` is the only reader, ``actions`` (a verb each) the only writers: both are handed the
    outside.
    ``plan`` and ``check`` are pure. An action that makes a resource returns its id.
    ``canonical`` makes fields of options where a kind declares more than one row at a time.
    ``line_up`` puts resources into the order in which they are planned, and refuses those that
    can't be together. ``immutable``: what is made never changes, so its label tells all that was
    applied and no record is kept. ``keeps_orphans``: what is no longer wanted stays, since it may
    hold data; ``clears_orphans``: it always goes.
    """

    name: str
    fields: tuple[Field, ...]
    observe: Observe
    plan: Planner
    actions: t.Mapping[str, Action]
    check: Check = accept
    states: tuple[str, ...] = ("present", "absent")
    canonical: Canonical = as_it_is
    line_up: LineUp = as_they_come
    on_engine: bool = True
    immutable: bool = False
    keeps_orphans: bool = False
    clears_orphans: bool = False


def read(kind: Kind, where: str, declared: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """The declared fields made canonical, or an error that names the field and what it accepts."""
    values: dict[str, t.Any] = {}
    for field in kind.fields:
        value = declared.get(field.name)
        if value is None:
            continue
        try:
            values[field.name] = field.codec.read(value)
        except ValueError as error:
            found = HIDDEN if field.secret else display(field.name, value)
            raise InputError(
                "{0}.{1}".format(where, field.name),
                "found {0}".format(found),
                "accepted is {0}".format(error),
            ) from None
    return values
