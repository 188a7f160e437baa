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
    certificate,
    config,
    costs,
    keys,
    packages,
    parts,
    remote_api,
    rules,
    service,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.complaint import View
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.facts import (
    BY_HAND,
    HOST,
    EngineFacts,
    HostFacts,
    Note,
    Placed,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.fields import (
    FIELDS,
    VERSION,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.kernel import (
    live as kernel,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.ports import (
    refusals as port_refusals,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.refusals import refuse
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.renewing import (
    Renewal,
    renewal,
)

# What a running engine can do about a change; all else is nothing to it.
TAKING_UP = (Effect.RELOAD, Effect.RESTART)

INTERRUPTED = "left by an interrupted run"


@dataclasses.dataclass(frozen=True)
class Scene:
    """What a plan is made of; ``changes`` are those of daemon.json and of the parts."""

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
    def changes_of_config(self) -> tuple[Change, ...]:
        """The changes of daemon.json."""
        return tuple(change for change in self.changes if root(change) not in parts.NAMES)

    @property
    def changes_of_parts(self) -> tuple[Change, ...]:
        """The changes of what stands in files of ours."""
        return tuple(change for change in self.changes if root(change) in parts.NAMES)

    @property
    def changes_of_engine(self) -> tuple[Change, ...]:
        """The changes that are nothing to the host until an engine takes them up."""
        return tuple(change for change in self.changes if self.effect(change) in TAKING_UP)

    def changes_of(self, name: str) -> tuple[Change, ...]:
        """The changes of one field, and of its members."""
        return tuple(change for change in self.changes if root(change) == name)

    @property
    def config_to_be(self) -> dict[str, t.Any]:
        """What daemon.json says when this plan is done."""
        gone = config.removed(self.changes_of_config)
        return config.merged(self.engine.config, self.request.wanted.fields, gone)

    @property
    def placed(self) -> tuple[str, ...]:
        """The options that a step of their own has the host take up, once their files are there."""
        wanted, changed = self.request.wanted.fields, {root(each) for each in self.changes}
        ports = [parts.PORTS.field.name] if wanted.get(parts.PORTS.field.name) else []
        late = (*kernel.behind(self.host.kernel, wanted), *ports)
        return tuple(name for name in late if name in changed)

    @property
    def placements(self) -> tuple[Placed, ...]:
        """The files of ours that are not as wanted, as they shall be."""
        changed = {root(change) for change in self.changes_of_parts}
        # Another certificate is one in another place.
        changed |= {remote_api.NAME} if certificate.NAME in changed else set()
        host, wanted = self.host, self.request.wanted.fields
        table = parts.of_host(host, self.new_slot)
        placed = parts.placements(table, host.files, wanted, changed)
        return (*placed, *archive.placements(host, wanted, changed))

    @property
    def new_slot(self) -> str:
        """Where another certificate of the API comes, if one has to."""
        names = {root(change) for change in self.changes if change.after is not None}
        return remote_api.free_slot(self.host) if certificate.NAME in names else ""

    @property
    def stale_slots(self) -> tuple[str, ...]:
        """The slots that the engine doesn't use once the plan is done."""
        return self._slots_but_that_of(self.placements)

    def _slots_but_that_of(self, files: t.Iterable[Placed]) -> tuple[str, ...]:
        then = {**self.host.files, **{file.path: file for file in files}}
        used = remote_api.slot_in(then[remote_api.path(self.host.has_systemd)].text)
        return tuple(slot for slot in sorted(self.host.slots) if slot != used)

    @property
    def due(self) -> Effect | None:
        """What the running engine needs in order to take its configuration up."""
        if not self.engine.runs or self.by_hand:
            return None
        pending = [Effect[self.host.note.pending.upper()]] if self.is_pending else []
        renewed = [Effect.RESTART] if self.renewal.cause else []
        flushed = [Effect.RESTART] if self.is_flushed else []
        due = [*pending, *renewed, *flushed, *(self.effect(each) for each in self.changes)]
        return max((effect for effect in due if effect in TAKING_UP), default=None)

    def effect(self, change: Change) -> Effect:
        """What a change costs here."""
        if root(change) in parts.NAMES:
            return change.effect
        return costs.effect(change, self.engine.config.values, self.request.wanted.fields)

    @property
    def hides(self) -> bool:
        """Whether an engine that holds something finds it no more."""
        found, wanted = self.engine.config.values, self.request.wanted.fields
        is_known = self.engine.runs or self.engine.has_data
        return is_known and any(costs.hides(each, found, wanted) for each in self.changes_of_config)

    @property
    def restarting(self) -> list[str]:
        """What takes a restart."""
        names = [each.field for each in self.changes if self.effect(each) is Effect.RESTART]
        renewed = [self.renewal.cause] if self.renewal.cause else []
        return [*renewed, *names] or [INTERRUPTED]

    @property
    def is_flushed(self) -> bool:
        """Whether somebody took away the engine's own rules, which only its start brings back."""
        is_asked = bool(self.request.wanted.fields.get(parts.PORTS.field.name))
        return is_asked and self.engine.answers and not self.host.ports.has_engines_rules

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
            "slots": self._slots_but_that_of(self._files_before),
            "due": str(self.due or ""),
            "is_moving": bool(self.engine.move or self.host.note.moving),
            "ran": self.engine.runs or self.is_pending or bool(self.host.note.moving),
            "service": self.handling,
            **self.replaced,
        }

    @property
    def _files_before(self) -> tuple[Placed, ...]:
        kept = {file.path: file for file in self.host.note.files} if self.is_pending else {}
        now = (self.host.files[file.path] for file in self.placements)
        return tuple({**{file.path: file for file in now}, **kept}.values())

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
    renewed = renewal(request, host, seen, source)
    scene = Scene(request, host, seen, source, settings, renewed)
    if request.wanted.state != "absent":
        _refuse_what_can_not_be(scene)
    return scene


def _refuse_what_can_not_be(scene: Scene) -> None:
    """The rules between keys, and whether what is due is allowed."""
    ours, host, engine = scene.request.wanted.fields, scene.host, scene.engine
    version = keys.version(host, engine, ours.get("version") or "")
    rules.check(View(scene.config_to_be, version, host, engine), ours)
    if scene.due is Effect.RESTART:
        rule = scene.options.get("restart", costs.ALLOWED)
        costs.refuse_restart(rule, engine, scene.restarting)
    if ours.get(parts.PORTS.field.name):
        port_refusals.refuse(host.ports, scene.config_to_be)


def root(change: Change) -> str:
    """The field that a change is of, or of whose member it is."""
    return change.field.partition(".")[0]
