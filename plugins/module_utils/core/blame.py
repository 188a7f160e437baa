# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is to blame for a plan: what somebody changed on the host, and what was edited in the playbook."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.kind import Kind
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Plan, Request, Step

MOVED = "it is another one than the last run left there"
Lines = t.List[str]


def blame(requests: t.Iterable[tuple[Kind, Request]], plan: Plan) -> tuple[Lines, Lines]:
    """The lines that tell of drift, and those that an edit of the playbook explains."""
    steps: dict[str, list[Step]] = {}
    for step in plan.steps:
        if step.changes_host:
            steps.setdefault(step.identity, []).append(step)
    drift: Lines = []
    edits: Lines = []
    for kind, request in requests:
        mine = steps.get(request.wanted.identity, [])
        drifted = _drift(kind, request, mine)
        drift += _told(request, drifted)
        edits += _told(request, _edits(request, mine, drifted))
    return drift, edits


def _drift(kind: Kind, request: Request, steps: t.Sequence[Step]) -> t.Iterable[str]:
    changed = [change.phrase for change in request.changes if change.drift]
    moved = [MOVED] if kind.immutable and _is_another(request) else []
    return dict.fromkeys([*changed, *moved, *(step.cause for step in steps if step.drift)])


def _is_another(request: Request) -> bool:
    return (
        request.found is not None and request.last.get("id", request.found.id) != request.found.id
    )


def _edits(request: Request, steps: t.Sequence[Step], drifted: t.Iterable[str]) -> t.Iterable[str]:
    changed = [change.phrase for change in request.changes if not change.drift]
    return [] if not steps else changed or [step.cause for step in steps[:1] if not drifted]


def _told(request: Request, phrases: t.Iterable[str]) -> Lines:
    return ["{0}: {1}".format(request.wanted.identity, phrase) for phrase in phrases]
