# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one loop: observe, compare, plan, and (unless in check mode) apply."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.apply import DONE, Outcome, apply
from ansible_collections.slipway.docker.plugins.module_utils.core.diff import Change, compare
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import (
    InputError,
    SlipwayError,
    Unreachable,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.kind import Kind, Survey
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import (
    ALLOWED_BY_DEFAULT,
    Plan,
    Request,
    Step,
    made_by,
    settle,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.record import (
    LABEL,
    LAST,
    Memory,
    record,
    to_label,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.report import Report, spared
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import (
    ENGINE,
    Fate,
    Found,
    Resource,
    look_up,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.saved import (
    Saved,
    fingerprints,
    hold_to,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.units import (
    ROLLBACK,
    STOP,
    TOGETHER,
)


def tell_nobody(plan: Plan) -> None:
    """The announcement of a run that nobody listens to."""


@dataclasses.dataclass(frozen=True)
class Settings:
    """How a run goes about it.

    ``owner``: the project whose resources these are; ``labels``: what its new resources carry.
    ``orphans``: ``remove`` or ``report``. ``expected``: what earlier tasks of a check mode run
    would have made. ``saved``: the plan that this one has to be. ``parcels``: digests of the content
    that came along; a plan that needs more is not begun. ``on_failure``: ``rollback`` puts back all
    that was done, ``stop`` what is half made. ``announce`` is told the plan before its first step.
    """

    check_mode: bool = False
    consent: tuple[str, ...] = ALLOWED_BY_DEFAULT
    owner: str = ""
    labels: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    orphans: str = "report"
    expected: frozenset[str] = frozenset()
    saved: Saved | None = None
    parcels: frozenset[str] = frozenset()
    workers: int = 16
    on_failure: str = STOP
    announce: t.Callable[[Plan], None] = tell_nobody


def converge(
    kinds: t.Sequence[Kind],
    wanted: t.Sequence[Resource],
    outside: t.Any,
    memory: Memory,
    settings: Settings,
) -> Report:
    """Bring the host to what is wanted; ``kinds`` stand in the order in which they are made."""
    journey = _Journey(_checked(kinds, wanted), outside, memory, settings)
    for kind in kinds:
        journey.plan_kind(kind)
    plan = settle(journey.steps, settings.consent, journey.fates)
    if settings.saved is not None:
        hold_to(settings.saved, plan, memory.seal)
    report = Report(
        tuple(journey.requests),
        plan,
        orphans=tuple(journey.orphans),
        lacking=tuple(sorted(plan.parcels - settings.parcels)),
        fingerprints=fingerprints(plan, memory.seal, settings.expected),
    )
    if settings.check_mode or report.lacking:
        return report
    settings.announce(plan)
    outcomes = apply(plan, journey.act, settings.workers)
    warnings = (*spared(outcomes), *journey.keep_records(outcomes))
    return dataclasses.replace(report, outcomes=tuple(outcomes), warnings=warnings)


def _checked(kinds: t.Sequence[Kind], wanted: t.Sequence[Resource]) -> tuple[Resource, ...]:
    known = {kind.name: kind for kind in kinds}
    seen: dict[str, Resource] = {}
    for resource in wanted:
        kind = known.get(resource.kind)
        if kind is None:
            choices = "known kinds: {0}".format(", ".join(known))
            raise InputError(resource.identity, "no such kind", choices)
        if resource.state not in kind.states:
            problem = "no such state: {0}".format(resource.state)
            choices = "one of {0}".format(", ".join(kind.states))
            raise InputError(resource.identity, problem, choices)
        if resource.identity in seen:
            raise InputError(resource.identity, "declared twice", "give one of them another name")
        seen[resource.identity] = kind.canonical(resource)
        kind.check(seen[resource.identity])
    return tuple(seen.values())


class _Journey:
    """One run on its way through the kinds."""

    def __init__(
        self, wanted: tuple[Resource, ...], outside: t.Any, memory: Memory, settings: Settings
    ) -> None:
        self.wanted = wanted
        self.outside = outside
        self.memory = memory
        self.settings = settings
        self.snapshot: dict[str, t.Mapping[str, Found]] = {}
        self.requests: list[tuple[Kind, Request]] = []
        self.steps: tuple[Step, ...] = ()
        self.coming: frozenset[str] = frozenset()
        self.orphans: list[str] = []
        self.kinds: dict[str, Kind] = {}

    @property
    def fates(self) -> t.Mapping[str, Fate]:
        """By identity what a failure means to others; what wasn't there can't be done without."""
        if self.settings.on_failure == ROLLBACK:
            return {step.identity: TOGETHER for step in self.steps}
        return {
            each.identity: each.fate
            if look_up(self.snapshot, each.kind, each.name)
            else Fate(each.fate.unit)
            for each in self.wanted
        }

    def plan_kind(self, kind: Kind) -> None:
        """Observe a kind, and add what it needs to the plan."""
        self.kinds[kind.name] = kind
        mine = kind.line_up(tuple(each for each in self.wanted if each.kind == kind.name))
        if not mine and not self.settings.owner:
            return
        self.snapshot[kind.name] = self._observe(kind, mine)
        for resource in mine:
            self._plan(kind, self._request(resource))
        for request in self._orphans(kind, mine):
            self._plan(kind, request)

    def _plan(self, kind: Kind, request: Request) -> None:
        # What the plan held so far matters to the planner alone; kept, it would grow as a square.
        self.requests.append((kind, dataclasses.replace(request, earlier=(), coming=frozenset())))
        steps = tuple(kind.plan(request))
        if steps:
            self.steps += steps
            self.coming = self.coming.difference(step.identity for step in steps) | made_by(steps)

    def act(self, step: Step, verb: str) -> t.Any:
        """Do one step (or its undoing, which is a verb as well)."""
        actions = self.kinds[step.kind].actions
        action = actions.get(verb) or actions[verb.partition(" ")[0]]
        return action(self.outside, step)

    def keep_records(self, outcomes: t.Sequence[Outcome]) -> tuple[str, ...]:
        """Remember what was declared for each resource that went well; returns what to warn of."""
        broken = {outcome.step.identity for outcome in outcomes if outcome.status != DONE}
        ids = [each for each in outcomes if isinstance(each.result, str)]
        made = {each.step.identity: each.result for each in ids}
        for kind, request in self.requests:
            if request.wanted.identity not in broken:
                self._keep(kind, request, made.get(request.wanted.identity))
        try:
            self.memory.save()
        except SlipwayError as error:
            return (str(error),)
        return ()

    def _keep(self, kind: Kind, request: Request, made: str | None) -> None:
        old = request.found.id if request.found else ""
        if request.wanted.state == "absent" or made:
            self.memory.forget(kind.name, old or request.last.get("id", ""))
        self._keep_last(kind, request, made or old)
        if kind.immutable:
            return
        # Who declares nothing (a container that is only to be stopped) takes nothing back.
        declares = request.wanted.fields or made
        if request.wanted.state != "absent" and declares and (made or old):
            entries = record(kind.fields, request.wanted.fields, self.memory.seal)
            self.memory.remember(kind.name, made or old, entries)

    def _keep_last(self, kind: Kind, request: Request, id: str) -> None:
        kept, wanted = LAST.format(kind.name), request.wanted
        if wanted.state == "absent":
            self.memory.forget(kept, wanted.name)
        elif id:
            self.memory.remember(kept, wanted.name, {"id": id, "state": wanted.state})

    def _observe(self, kind: Kind, mine: tuple[Resource, ...]) -> t.Mapping[str, Found]:
        try:
            return kind.observe(self.outside, Survey(mine, self.settings.owner, self.snapshot))
        except Unreachable:
            if kind.on_engine and ENGINE in self.coming | self.settings.expected:
                return {}
            raise

    def _request(self, resource: Resource) -> Request:
        kind = self.kinds[resource.kind]
        found = self.snapshot[kind.name].get(resource.name)
        applied: t.Mapping[str, str] = {}
        if found is not None:
            recalled = None if kind.immutable else self.memory.recall(kind.name, found.id)
            applied = found.record if recalled is None else recalled
        changes: tuple[Change, ...] = ()
        if found is not None and resource.state != "absent":
            seal = self.memory.seal
            sides = (resource.fields, found.fields, applied, found.defaults)
            changes = compare(kind.fields, *sides, seal=seal, ours=self._is_ours)
        label = to_label(record(kind.fields, resource.fields, self.memory.seal))
        return Request(
            resource,
            found,
            changes,
            cause="state: absent" if resource.state == "absent" else "",
            snapshot=self.snapshot,
            coming=self.coming,
            earlier=self.steps,
            expected=self.settings.expected,
            labels={**self.settings.labels, LABEL: label},
            applied=applied,
            last=self._last(kind.name, resource.name),
            unit=(TOGETHER if self.settings.on_failure == ROLLBACK else resource.fate).unit,
        )

    def _last(self, kind: str, name: str) -> t.Mapping[str, str]:
        return self.memory.recall(LAST.format(kind), name) or {}

    def _is_ours(self, kind: str, name: t.Any) -> bool:
        found = look_up(self.snapshot, kind, name)
        return found is not None and found.id == self._last(kind, name).get("id")

    def _orphans(self, kind: Kind, mine: tuple[Resource, ...]) -> t.Iterator[Request]:
        names = {resource.name for resource in mine}
        for name, found in sorted(self.snapshot[kind.name].items()):
            if not found.owned or name in names or kind.keeps_orphans:
                continue
            if self.settings.orphans == "remove" or kind.clears_orphans:
                gone = Resource(kind.name, name, "absent")
                cause = "no longer in project {0!r}".format(self.settings.owner)
                last = self._last(kind.name, name)
                yield Request(gone, found, cause=cause, snapshot=self.snapshot, last=last)
            else:
                self.orphans.append(found.identity)
