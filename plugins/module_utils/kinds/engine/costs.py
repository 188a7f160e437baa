# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a change of daemon.json costs, and whether a restart is allowed."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.diff import Change
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import Refused
from ansible_collections.slipway.docker.plugins.module_utils.core.field import Effect
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.facts import EngineFacts
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.fields import (
    RELOADED_FEATURES,
    RESET_BY_RELOAD,
    TAKEN_ONCE,
)

ALLOWED, NEVER, WHEN_EMPTY = "allowed", "never", "when_empty"
RESTARTS = (ALLOWED, NEVER, WHEN_EMPTY)
FEATURES, SNAPSHOTTER = "features", "containerd-snapshotter"
REMAP = "userns-remap"
Values = t.Mapping[str, t.Any]


def effect(change: Change, found: Values, wanted: Values) -> Effect:
    """What a change costs; of a key that is gone, a reload mostly keeps the old value."""
    key, _dot, part = change.field.partition(".")
    is_kept = change.after is None and not part and key not in RESET_BY_RELOAD
    is_first = change.before is None or change.after is None
    if is_kept or (key in TAKEN_ONCE and not is_first):
        return Effect.RESTART
    if key == FEATURES and not _features(part, found, wanted) <= RELOADED_FEATURES:
        return Effect.RESTART
    return change.effect


def hides(change: Change, found: Values, wanted: Values) -> bool:
    """Whether images and containers are kept elsewhere after a change."""
    key, _dot, part = change.field.partition(".")
    return key == REMAP or (key == FEATURES and SNAPSHOTTER in _features(part, found, wanted))


def _features(part: str, found: Values, wanted: Values) -> set[str]:
    """The features that a change is about."""
    return {part} if part else {*(found.get(FEATURES) or ()), *(wanted.get(FEATURES) or ())}


def what_stops(engine: EngineFacts) -> str:
    """What a restart does to the containers that run."""
    names = ", ".join(engine.containers)
    if not names:
        return "no container runs"
    if engine.keeps_containers:
        return "{0} keep running (live-restore)".format(names)
    return "stops {0}".format(names)


def refuse_restart(rule: str, engine: EngineFacts, reasons: t.Sequence[str]) -> None:
    """Refuse a restart that the option ``restart`` forbids."""
    is_empty = engine.keeps_containers or not engine.containers
    if rule == ALLOWED or (rule == WHEN_EMPTY and is_empty):
        return
    condition = "as long as containers run" if rule == WHEN_EMPTY else "in this run"
    raise Refused(
        "engine docker.restart",
        "the engine may not be restarted {0} ({1}), and {2} takes a restart: {3}".format(
            condition, rule, ", ".join(reasons), what_stops(engine)
        ),
        "nothing was touched; leave what takes a restart as it is, or set restart to allowed",
    )
