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
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import packages, service
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.facts import (
    BY_HAND,
    HOST,
    EngineFacts,
    HostFacts,
    Note,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.fields import (
    FIELDS,
    RESET_BY_RELOAD,
    VERSION,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.refusals import refuse
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.renewing import (
    Renewal,
    renewal,
)


@dataclasses.dataclass(frozen=True)
class Scene:
    """What a plan is made of; ``changes`` are those of daemon.json."""

    request: Request
    host: HostFacts
    engine: EngineFacts
    source: packages.Source
    changes: tuple[Change, ...]
    renewal: Renewal = Renewal()

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
        renewed = [Effect.RESTART] if self.renewal.cause else []
        return max([*pending, *renewed, *map(effect, self.changes)], default=None)

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
            "ran": self.engine.runs or self.is_pending,
            "service": self.handling,
            **self.replaced,
        }

    @property
    def replaced(self) -> dict[str, t.Any]:
        """The packages to go back to, and those that come in their place, also a killed run's."""
        note, now = self.host.note, self.renewal.replaces(self.host, self.source)
        known = note if self.is_pending else Note()
        came = packages.engines_own(self.source, self.host) if self.renewal.replaced else ()
        return {
            "manager": self.host.manager,
            "versions": {**now, **known.versions},
            "came": tuple(dict.fromkeys((*known.came, *came))),
        }

    @property
    def undo(self) -> str:
        """The verb that goes back from what the engine doesn't come up with."""
        return "bring-back" if self.replaced["versions"] else "put-back"

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
    settings = tuple(change for change in changes if change.field != VERSION.name)
    seen = engine or EngineFacts()
    return Scene(request, host, seen, source, settings, renewal(request, host, seen, source))


def effect(change: Change) -> Effect:
    """What a change costs; of a key that is gone, a reload mostly keeps the old value."""
    is_part = "." in change.field
    is_kept = change.after is None and not is_part and change.field not in RESET_BY_RELOAD
    return Effect.RESTART if is_kept else change.effect


def what_stops(engine: EngineFacts) -> str:
    """What a restart does to the containers that run."""
    names = ", ".join(engine.containers)
    if not names:
        return "no container runs"
    if engine.info.get("LiveRestoreEnabled"):
        return "{0} keep running (live-restore)".format(names)
    return "stops {0}".format(names)
