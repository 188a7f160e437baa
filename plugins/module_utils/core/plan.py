# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan: ordered steps, each one call to the outside, each with its cause."""

from __future__ import annotations

import dataclasses
import functools
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.diff import (
    DRIFT,
    Change,
    causes,
    worst,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import Refused
from ansible_collections.slipway.docker.plugins.module_utils.core.field import Effect
from ansible_collections.slipway.docker.plugins.module_utils.core.order import arrange, merge
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import (
    Fate,
    Found,
    Resource,
    Snapshot,
    identity,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.units import (
    ALONE,
    bound_to,
    final_last,
)

AWAIT, REMOVE = "await", "remove"
ALLOWED_BY_DEFAULT = tuple(str(effect) for effect in Effect if effect is not Effect.DESTROY)


@dataclasses.dataclass(frozen=True)
class Step:
    """One call to the outside.

    ``needs`` names steps (by key), resources or kinds (all their steps). ``undo`` is the verb that
    takes it back when a later step of its unit fails, or is not begun since something else failed.
    ``fate``: what its failure means to others. ``lasting``: worth having although the rest of its
    resource fails, so only a larger unit takes it back.
    ``final``: after it there is no way back. ``payload`` is what the call sends, never printed.
    ``drift``: no edit of the playbook explains it, and no change of a field does.
    """

    verb: str
    kind: str
    name: str
    cause: str
    effect: Effect | None = None
    needs: tuple[str, ...] = ()
    undo: str = ""
    fate: Fate = Fate()
    lasting: bool = False
    final: bool = False
    payload: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)
    drift: bool = False

    @functools.cached_property
    def identity(self) -> str:
        return identity(self.kind, self.name)

    @functools.cached_property
    def key(self) -> str:
        return "{0} {1}".format(self.verb, self.identity)

    @property
    def goes_back_with(self) -> str:
        """The unit that it is put back with, its own resource unless it is told another."""
        return self.fate.unit or self.identity

    @property
    def changes_host(self) -> bool:
        return self.verb.partition(" ")[0] != AWAIT

    def __str__(self) -> str:
        return "{0}: {1}{2}".format(self.key, self.cause, DRIFT if self.drift else "")


@dataclasses.dataclass(frozen=True)
class Plan:
    """Steps in an order that breaks no need."""

    steps: tuple[Step, ...] = ()

    @property
    def changed(self) -> bool:
        return any(step.changes_host for step in self.steps)

    @property
    def parcels(self) -> frozenset[str]:
        """The content from the controller that the steps unpack, by digest."""
        needed = (step.payload.get("parcels", ()) for step in self.steps)
        return frozenset().union(*needed)

    @property
    def lines(self) -> list[str]:
        """The plan as users read it; waiting alone is nothing to tell."""
        return [str(step) for step in self.steps] if self.changed else []


@dataclasses.dataclass(frozen=True)
class Request:
    """All that a kind's planner may know: a resource, what was found, and the plan so far.

    ``cause``: why it is asked for at all, where no change says it (``state: absent``).
    ``earlier``: the steps that the plan holds so far; ``coming``: identities of what they make,
    replace or change.
    ``expected``: identities that earlier tasks of a check mode run would have made.
    ``labels``: what a new resource carries as ours. ``applied``: the fields that the last run
    declared, by their digests. ``last``: the id and the state in which the last run left it.
    ``unit``: what it goes back with, where that is more than the resource alone.
    """

    wanted: Resource
    found: Found | None = None
    changes: tuple[Change, ...] = ()
    cause: str = ""
    snapshot: Snapshot = dataclasses.field(default_factory=dict)
    coming: t.AbstractSet[str] = frozenset()
    earlier: tuple[Step, ...] = ()
    expected: t.AbstractSet[str] = frozenset()
    labels: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    applied: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    last: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    unit: str = ""

    @property
    def is_lost(self) -> bool:
        """Whether the last run left it on the host, and it is there no more."""
        return self.found is None and bool(self.last)

    @property
    def was_so(self) -> bool:
        """Whether the last run left it in the state that is wanted now."""
        return self.last.get("state") == self.wanted.state

    @property
    def why(self) -> str:
        return causes(self.changes) or self.cause or "not found"

    def step(self, verb: str, cause: str = "", **details: t.Any) -> Step:
        """A step on this resource; it needs what the resource needs, and what ``needs`` adds."""
        needs = (*self.wanted.needs, *details.pop("needs", ()))
        kind, name = self.wanted.kind, self.wanted.name
        said = cause or self.why
        details.setdefault("drift", self.is_lost and said == self.why)
        return Step(verb, kind, name, said, needs=needs, **details)

    def is_there_by_then(self, kind: str, name: str) -> bool:
        """Whether a resource exists when this plan gets to it."""
        known = identity(kind, name)
        return name in self.snapshot.get(kind, {}) or known in self.coming or known in self.expected


def made_by(steps: t.Iterable[Step]) -> frozenset[str]:
    """The identities of what is there, made or changed, when these steps are done."""
    last = {step.identity: step.verb for step in steps if step.changes_host}
    return frozenset(known for known, verb in last.items() if verb != REMOVE)


def chain(steps: t.Iterable[Step]) -> list[Step]:
    """The same steps, each needing the one before it."""
    linked: list[Step] = []
    for step in steps:
        before = (linked[-1].key,) if linked else ()
        linked.append(dataclasses.replace(step, needs=(*step.needs, *before)))
    return linked


def plan_whole(request: Request, create: t.Mapping[str, t.Any]) -> list[Step]:
    """The plan of a kind that is only made and removed: a change means to make it anew."""
    if request.wanted.state == "absent":
        return [request.step(REMOVE, request.cause)] if request.found else []
    if request.found is None:
        return [request.step("create", payload=create)]
    effect = worst(request.changes)
    if effect is None:
        return []
    return chain(
        [
            request.step(REMOVE, effect=effect),
            request.step("create", effect=effect, payload=create),
        ]
    )


def settle(
    steps: t.Sequence[Step], consent: t.Collection[str], fates: t.Mapping[str, Fate] = ALONE
) -> Plan:
    """The plan in order, or a refusal of the whole if a step has an effect that nobody allowed.

    ``fates``: by identity what a failure of a resource means to others.
    """
    plan = Plan(arrange(final_last([bound_to(step, fates) for step in merge(steps)])))
    costly = [step for step in plan.steps if step.effect is not None]
    refused = [step for step in costly if str(step.effect) not in consent]
    if refused:
        effects = ", ".join(sorted({str(step.effect) for step in refused}))
        raise Refused(
            "plan",
            "it needs a consent that was not given: {0}".format("; ".join(map(str, refused))),
            "nothing was touched; to allow it, add {0} to the option consent".format(effects),
        )
    return plan
