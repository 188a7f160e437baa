# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A request for an engine, with all that was seen for it."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.diff import Change, compare
from ansible_collections.slipway.docker.plugins.module_utils.core.field import Effect
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Request
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import (
    config,
    costs,
    keys,
    packages,
    rules,
    service,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.complaint import View
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.facts import (
    BY_HAND,
    HOST,
    EngineFacts,
    HostFacts,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.fields import FIELDS
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.refusals import refuse

INTERRUPTED = "left by an interrupted run"


@dataclasses.dataclass(frozen=True)
class Scene:
    """What a plan is made of; ``changes`` are those of daemon.json."""

    request: Request
    host: HostFacts
    engine: EngineFacts
    source: packages.Source
    changes: tuple[Change, ...]

    @property
    def options(self) -> t.Mapping[str, t.Any]:
        return self.request.wanted.options

    @property
    def by_hand(self) -> bool:
        return self.engine.service.manager == BY_HAND

    @property
    def due(self) -> Effect | None:
        """What the running engine needs in order to take its configuration up."""
        if not self.engine.runs or self.by_hand:
            return None
        pending = [Effect[self.host.note.pending.upper()]] if self.is_pending else []
        return max([*pending, *(self.effect(each) for each in self.changes)], default=None)

    def effect(self, change: Change) -> Effect:
        """What a change costs here."""
        return costs.effect(change, self.engine.config.values, self.request.wanted.fields)

    @property
    def hides(self) -> bool:
        """Whether an engine that holds something finds it no more."""
        found, wanted = self.engine.config.values, self.request.wanted.fields
        is_known = self.engine.runs or self.engine.has_data
        return is_known and any(costs.hides(each, found, wanted) for each in self.changes)

    @property
    def restarting(self) -> list[str]:
        """What takes a restart."""
        keys = [each.field for each in self.changes if self.effect(each) is Effect.RESTART]
        return keys or [INTERRUPTED]

    @property
    def is_pending(self) -> bool:
        """Whether an interrupted run left a file that the engine hasn't taken up, or can't."""
        note, engine = self.host.note, self.engine
        return bool(note.pending) and (note.engine == engine.service.pid or not engine.answers)

    @property
    def way_back(self) -> dict[str, t.Any]:
        """What it takes to go back: to the file that an interrupted run replaced, if any."""
        return {
            "before": self.host.note.before if self.is_pending else self.engine.config.text,
            "before_mode": self.engine.config.mode,
            "due": str(self.due or ""),
            "is_moving": bool(self.engine.move or self.host.note.moving),
            "ran": self.engine.runs or self.is_pending or bool(self.host.note.moving),
            "service": self.handling,
        }

    @property
    def handling(self) -> dict[str, t.Any]:
        """Who runs the engine, or may; and how long it is waited for."""
        return {
            "manager": self.engine.service.manager,
            "managers": service.candidates(self.host.has_systemd),
            "pid": self.engine.service.pid,
            "systemd": self.host.has_systemd,
            "timeout": float(self.options.get("wait_timeout", 60)),
        }


def look(request: Request) -> Scene:
    """The request with what was seen, or a refusal."""
    host: HostFacts = request.snapshot["engine"][HOST].facts["seen"]
    engine: EngineFacts | None = request.found.facts["seen"] if request.found else None
    source = refuse(request, host, engine)
    changes = request.changes
    if request.found is None:
        changes = compare(FIELDS, request.wanted.fields, {}, {}, {}, str)
    scene = Scene(request, host, engine or EngineFacts(), source, changes)
    if request.wanted.state != "absent":
        _refuse_what_can_not_be(scene)
    return scene


def _refuse_what_can_not_be(scene: Scene) -> None:
    """The rules between keys, and whether what is due is allowed."""
    ours, host, engine = scene.request.wanted.fields, scene.host, scene.engine
    file = config.merged(engine.config, ours, config.removed(scene.changes))
    rules.check(View(file, keys.version(host, engine), host, engine), ours)
    if scene.due is Effect.RESTART:
        rule = scene.options.get("restart", costs.ALLOWED)
        costs.refuse_restart(rule, engine, scene.restarting)
