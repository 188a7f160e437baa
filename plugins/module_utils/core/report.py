# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What users read: the result of a run, its diff, and its failure."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.apply import DONE, SKIPPED, UNDONE, Outcome, failures
from ansible_collections.slipway.docker.plugins.module_utils.core.diff import HIDDEN, display
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import SlipwayError
from ansible_collections.slipway.docker.plugins.module_utils.core.kind import Kind
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Plan, Request


@dataclasses.dataclass(frozen=True)
class Report:
    """A run, from its requests to its outcomes; ``orphans`` are resources that were left although nobody wants them.

    ``lacking``: parcels without which nothing was begun.
    """

    requests: tuple[tuple[Kind, Request], ...]
    plan: Plan
    outcomes: tuple[Outcome, ...] = ()
    orphans: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        return bool(failures(self.outcomes))

    def result(self) -> dict[str, t.Any]:
        """What a module returns."""
        return {
            "changed": self._changed(),
            "plan": self.plan.lines,
            "drift": [line for _kind, request in self.requests for line in _drift(request)],
            "orphans": list(self.orphans),
            "_lacking": list(self.lacking),
            "_coming": self._coming(),
            "diff": [_diff(kind, request) for kind, request in self.requests if self._touches(request)],
        }

    def failure(self) -> str:
        """Why the run failed, what was put back, and what was not done."""
        lines = ["{0} failed: {1}".format(outcome.step.key, _reason(outcome.error)) for outcome in failures(self.outcomes)]
        for status, title in ((UNDONE, "put back"), (SKIPPED, "not done")):
            keys = [outcome.step.key for outcome in self.outcomes if outcome.status == status]
            if keys:
                lines.append("{0}: {1}".format(title, ", ".join(keys)))
        return "\n".join(lines)

    def _changed(self) -> bool:
        if not self.outcomes:
            return self.plan.changed
        return any(outcome.status == DONE and outcome.step.changes_host for outcome in self.outcomes)

    def _coming(self) -> list[str]:
        last = {step.identity: step.verb for step in self.plan.steps if step.changes_host}
        return sorted(identity for identity, verb in last.items() if verb != "remove")

    def _touches(self, request: Request) -> bool:
        return any(step.identity == request.wanted.identity and step.changes_host for step in self.plan.steps)


def _reason(error: Exception | None) -> str:
    if isinstance(error, SlipwayError):
        return str(error)
    return "{0}: {1}".format(type(error).__name__, error)


def _drift(request: Request) -> list[str]:
    return ["{0}: {1}".format(request.wanted.identity, change.phrase) for change in request.changes if change.drift]


def _diff(kind: Kind, request: Request) -> dict[str, t.Any]:
    before: dict[str, t.Any] = {}
    after: dict[str, t.Any] = {}
    if request.found is None or request.wanted.state == "absent":
        before = {"state": "absent" if request.found is None else "present"}
        after = {"state": request.wanted.state, **_shown(kind, request.wanted.fields)}
    for change in request.changes:
        before[change.field] = change.before
        after[change.field] = change.after
    header = request.wanted.identity
    return {"before_header": header, "after_header": header, "before": before, "after": after}


def _shown(kind: Kind, values: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    return {
        field.name: _readable(field.name, values[field.name], field.secret, field.codec.show)
        for field in kind.fields
        if values.get(field.name) is not None
    }


def _readable(name: str, value: t.Any, secret: bool, show: t.Callable[[t.Any], str]) -> t.Any:
    if secret:
        return HIDDEN
    if isinstance(value, dict):
        return {key: _readable("{0}.{1}".format(name, key), member, False, repr) for key, member in value.items()}
    return display(name, value, show)
