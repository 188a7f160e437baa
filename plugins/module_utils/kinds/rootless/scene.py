# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a plan is made of: what is wanted and seen of one user's engine, and what that amounts to."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.diff import Change, compare
from ansible_collections.slipway.docker.plugins.module_utils.core.field import Effect
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Request
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import config
from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless import subids, unit
from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless.facts import (
    HOST,
    HostFacts,
    UserFacts,
    config_of,
    unit_of,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless.fields import (
    ENVIRONMENT,
    FIELDS,
    RESET_BY_RELOAD,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless.refusals import refuse

INTERRUPTED = "left by an interrupted run"
RELOAD, START = "reload", "start"


@dataclasses.dataclass(frozen=True)
class Scene:
    """What a plan is made of; ``changes`` are those of all fields."""

    request: Request
    host: HostFacts
    user: UserFacts
    changes: tuple[Change, ...]

    @property
    def options(self) -> t.Mapping[str, t.Any]:
        return self.request.wanted.options

    @property
    def of_environment(self) -> tuple[Change, ...]:
        """The changes of what the unit gives the engine."""
        return tuple(each for each in self.changes if _key(each) == ENVIRONMENT)

    @property
    def of_config(self) -> tuple[Change, ...]:
        """The changes of daemon.json."""
        return tuple(each for each in self.changes if _key(each) != ENVIRONMENT)

    @property
    def text(self) -> str | None:
        """daemon.json as it shall be."""
        file, wanted = self.user.config, self.request.wanted.fields
        return config.render(config.merged(file, wanted, config.removed(self.of_config)))

    @property
    def unit(self) -> str:
        """The unit as it shall be."""
        wanted = self.request.wanted
        variables = wanted.fields.get(ENVIRONMENT) or {}
        return unit.render(wanted.name, self.options.get("script", ""), variables)

    @property
    def is_unit_there(self) -> bool:
        return self.user.unit == self.unit

    @property
    def due(self) -> Effect | None:
        """What the running engine needs in order to take up what is changed."""
        if not self.user.runs:
            return None
        costs = [effect(change) for change in self.changes]
        if not self.is_unit_there:
            costs.append(Effect.RESTART)
        if self.is_pending:
            costs.append(Effect.RELOAD if self.user.note.pending == RELOAD else Effect.RESTART)
        return max(costs, default=None)

    @property
    def is_pending(self) -> bool:
        """Whether an interrupted run left something that the engine hasn't taken up, or can't."""
        note, user = self.user.note, self.user
        return bool(note.pending) and (note.engine == user.service.pid or not user.answers)

    @property
    def is_new(self) -> bool:
        """Whether there is anything that the engine hasn't been seen to run with."""
        return self.is_pending or not self.is_unit_there or bool(self.of_config)

    @property
    def acting(self) -> dict[str, t.Any]:
        """Whom it is about, and the way back: to what an interrupted run replaced, if any did."""
        user, note = self.user, self.user.note
        file, unit_file = config_of(user.account), unit_of(user.account)
        return {
            "account": user.account,
            "before": dict(note.before)
            if self.is_pending
            else {file: user.config.text, unit_file: user.unit},
            "modes": {file: user.config.mode, unit_file: user.unit_mode},
            "due": str(self.due or START),
            "ran": bool(note.engine) if self.is_pending else user.runs,
            "pid": user.service.pid,
            "timeout": float(self.options.get("wait_timeout", 60)),
        }

    @property
    def owners(self) -> tuple[str, str]:
        """How subordinate ids name the user."""
        return (self.user.account.name, str(self.user.account.uid))

    def lacks(self, ranges: t.Sequence[subids.Range]) -> bool:
        """Whether the user hasn't enough of these ids."""
        return not subids.has_enough(ranges, self.owners)


def look(request: Request) -> Scene:
    """The request with what was seen, or a refusal."""
    seen = request.snapshot["rootless"][HOST].facts
    host, user = seen["host"], seen["users"][request.wanted.name]
    refuse(request, host, user)
    changes = request.changes
    if request.found is None and request.wanted.state != "absent":
        changes = compare(FIELDS, request.wanted.fields, {}, {}, {}, str)
    return Scene(request, host, user, changes)


def effect(change: Change) -> Effect:
    """What a change costs; of a key that is gone, a reload mostly keeps the old value."""
    is_part = "." in change.field
    is_kept = change.after is None and not is_part and change.field not in RESET_BY_RELOAD
    return Effect.RESTART if is_kept else change.effect


def what_stops(user: UserFacts) -> str:
    """What a restart does to the containers that run: their namespaces end with the engine's."""
    names = ", ".join(user.containers)
    return "stops {0}".format(names) if names else "no container runs"


def _key(change: Change) -> str:
    return change.field.partition(".")[0]
