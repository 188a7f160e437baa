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
    archive,
    packages,
    parts,
    service,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.facts import (
    BY_HAND,
    HOST,
    EngineFacts,
    HostFacts,
    Placed,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.fields import (
    FIELDS,
    RELOADED,
    RESET_BY_RELOAD,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.refusals import refuse

# What a running engine can do about a change; all else is nothing to it.
TAKING_UP = (Effect.RELOAD, Effect.RESTART)


@dataclasses.dataclass(frozen=True)
class Scene:
    """What a plan is made of; ``changes`` are those of daemon.json and of the parts."""

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
    def changes_of_config(self) -> tuple[Change, ...]:
        """The changes of daemon.json."""
        return tuple(change for change in self.changes if root(change) not in parts.NAMES)

    @property
    def changes_of_parts(self) -> tuple[Change, ...]:
        """The changes of what stands in files of ours."""
        return tuple(change for change in self.changes if root(change) in parts.NAMES)

    @property
    def placements(self) -> tuple[Placed, ...]:
        """The files of ours that are not as wanted, as they shall be."""
        changed = {root(change) for change in self.changes_of_parts}
        host, wanted = self.host, self.request.wanted.fields
        placed = parts.placements(parts.of(host.has_systemd), host.files, wanted, changed)
        return (*placed, *archive.placements(host, wanted, changed))

    @property
    def due(self) -> Effect | None:
        """What the running engine needs in order to take its configuration up."""
        if not self.engine.runs or self.by_hand:
            return None
        pending = [Effect[self.host.note.pending.upper()]] if self.is_pending else []
        costs = [*pending, *map(effect, self.changes)]
        return max((cost for cost in costs if cost in TAKING_UP), default=None)

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
            "files_before": self._files_before,
            "due": str(self.due or ""),
            "ran": self.engine.runs or self.is_pending,
            "service": self.handling,
        }

    @property
    def _files_before(self) -> tuple[Placed, ...]:
        kept = {file.path: file for file in self.host.note.files} if self.is_pending else {}
        now = (self.host.files[file.path] for file in self.placements)
        return tuple({**{file.path: file for file in now}, **kept}.values())

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
    return Scene(request, host, engine or EngineFacts(), source, changes)


def root(change: Change) -> str:
    """The field that a change is of, or of whose member it is."""
    return change.field.partition(".")[0]


def effect(change: Change) -> Effect:
    """What a change costs; of a key that is gone, a reload mostly keeps the old value."""
    is_kept = change.after is None and change.field not in RESET_BY_RELOAD
    return Effect.RESTART if is_kept and change.field in RELOADED else change.effect


def what_stops(engine: EngineFacts) -> str:
    """What a restart does to the containers that run."""
    names = ", ".join(engine.containers)
    if not names:
        return "no container runs"
    if engine.info.get("LiveRestoreEnabled"):
        return "{0} keep running (live-restore)".format(names)
    return "stops {0}".format(names)
