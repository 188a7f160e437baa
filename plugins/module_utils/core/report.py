# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What users read: the result of a run, its diff, and its failure."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.apply import (
    DONE,
    SKIPPED,
    SPARED,
    STUCK,
    UNDONE,
    Outcome,
    failures,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.blame import blame
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import SlipwayError
from ansible_collections.slipway.docker.plugins.module_utils.core.hide import (
    HIDDEN,
    display,
    scrub,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.kind import Kind
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import (
    Plan,
    Request,
    Step,
    made_by,
)


@dataclasses.dataclass(frozen=True)
class Report:
    """A run, from its requests to its outcomes.

    ``orphans``: resources that were left although nobody wants them. ``lacking``: parcels without
    which nothing was begun. ``fingerprints``: what the plan sends, sealed, by resource. ``warnings``: what went wrong beside the plan.
    """

    requests: tuple[tuple[Kind, Request], ...]
    plan: Plan
    outcomes: tuple[Outcome, ...] = ()
    orphans: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    fingerprints: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    @property
    def failed(self) -> bool:
        return bool(failures(self.outcomes))

    def result(self) -> dict[str, t.Any]:
        """What a module returns."""
        drift, edits = blame(self.requests, self.plan)
        return {
            "changed": self._changed(),
            "plan": self.plan.lines,
            "drift": drift,
            "edits": edits,
            "orphans": list(self.orphans),
            "_lacking": list(self.lacking),
            "_coming": sorted(made_by(self.plan.steps)),
            "_fingerprints": dict(self.fingerprints),
            "diff": [*self._diffs(), *self._printed_plan()],
        }

    def failure(self) -> str:
        """Why the run failed, what was put back, and what was not done."""
        if not self.failed:
            return ""
        lines = [_told(each, "failed", each.error) for each in failures(self.outcomes)]
        for each in self.outcomes:
            if each.undo_error is not None:
                lines.append(_told(each, "could not be put back", each.undo_error))
        for status, title in ((UNDONE, "put back"), (SKIPPED, "not done")):
            keys = [each.step.key for each in self.outcomes if each.status == status]
            if keys:
                lines.append("{0}: {1}".format(title, ", ".join(keys)))
        return scrub("\n".join(lines))

    def _changed(self) -> bool:
        return any(step.changes_host for step in self._steps_that_count())

    def _diffs(self) -> list[dict[str, t.Any]]:
        touched = {step.identity for step in self._steps_that_count() if step.changes_host}
        return [
            _diff(kind, request)
            for kind, request in self.requests
            if request.wanted.identity in touched and _has_sides(request)
        ]

    def _printed_plan(self) -> list[dict[str, str]]:
        """The plan as Ansible prints it with --diff, below the fields that differ."""
        lines = Plan(tuple(self._steps_that_count())).lines
        return [{"prepared": "plan:\n{0}".format("".join(map(_indented, lines)))}] if lines else []

    def _steps_that_count(self) -> list[Step]:
        if not self.outcomes:
            return list(self.plan.steps)
        return [each.step for each in self.outcomes if each.status in (DONE, STUCK)]


def spared(outcomes: t.Iterable[Outcome]) -> list[str]:
    """What failed and was put back, although the run didn't fail."""
    return [
        scrub(_told(each, "failed and was put back", each.error))
        for each in outcomes
        if each.status == SPARED
    ]


def _indented(line: str) -> str:
    return "  {0}\n".format(line)


def _told(outcome: Outcome, what: str, error: BaseException | None) -> str:
    reason = str(error)
    if not isinstance(error, SlipwayError):
        reason = "{0}: {1}".format(type(error).__name__, error)
    return "{0} {1}: {2}".format(outcome.step.key, what, reason)


def _has_sides(request: Request) -> bool:
    """Whether a field tells the difference; what stopped, or has a new image, the plan tells."""
    return not request.found or request.wanted.state == "absent" or bool(request.changes)


def _diff(kind: Kind, request: Request) -> dict[str, t.Any]:
    before, after = _sides(kind, request)
    header = request.wanted.identity
    return {"before_header": header, "after_header": header, "before": before, "after": after}


def _sides(kind: Kind, request: Request) -> tuple[dict[str, t.Any], dict[str, t.Any]]:
    wanted = request.wanted
    if request.found is None:
        return {"state": "absent"}, {"state": wanted.state, **_shown(kind, wanted.fields)}
    if wanted.state == "absent":
        return {"state": "present"}, {"state": "absent"}
    return (
        {change.field: _bare(change.before) for change in request.changes},
        {change.field: _bare(change.after) for change in request.changes},
    )


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
        return {
            key: _readable("{0}.{1}".format(name, key), member, False, repr)
            for key, member in value.items()
        }
    return _bare(display(name, value, show))


def _bare(text: str | None) -> str | None:
    return text[1:-1] if text and len(text) > 1 and text[0] == text[-1] == "'" else text
