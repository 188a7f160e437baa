# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps by which a policy comes into force, and goes."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.diff import causes
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.ports import live, policy
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.scene import Scene

NAME = policy.FIELD.name
INTERRUPTED = "left by an interrupted run"
GUARD, UNGUARD = "guard-ports", "unguard-ports"


def guard(scene: Scene) -> t.Iterator[Step]:
    """Have the rules in force: those of a new policy, or again those that somebody changed."""
    wanted = scene.request.wanted.fields.get(NAME)
    if not wanted:
        return
    changes = scene.changes_of(NAME)
    found = live.problems(scene.host.ports, wanted, scene.engine.runs)
    cause = causes(changes) or (INTERRUPTED if NAME in scene.host.note.placed else "; ".join(found))
    if cause:
        said = "; ".join([cause, *closed(wanted, scene.engine.published)])
        drift = bool(found) and cause == "; ".join(found)
        payload = {"systemd": scene.host.has_systemd}
        yield scene.request.step(GUARD, said, drift=drift, payload=payload)


def unguard(scene: Scene) -> t.Iterator[Step]:
    """Take the rules of a policy away that is no longer wanted, while its files are still there."""
    changes = scene.changes_of(NAME)
    if changes and not scene.request.wanted.fields.get(NAME):
        payload = {"systemd": scene.host.has_systemd}
        yield scene.request.step(UNGUARD, causes(changes), undo=GUARD, payload=payload)


def closed(wanted: policy.Policy, published: t.Sequence[tuple[str, int, str]]) -> list[str]:
    """Which ports of which containers the policy closes, or opens to some alone."""
    lines = []
    for name, port, protocol in published:
        sources = policy.admitted(wanted, port, protocol)
        if sources is not None:
            what = "only from {0} to".format(", ".join(sources)) if sources else "closes"
            lines.append("{0} {1} {2}/{3}".format(what, name, port, protocol))
    return lines
