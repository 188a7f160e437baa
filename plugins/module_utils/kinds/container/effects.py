# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a change really costs: some can be made in place in one direction only."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.field import (
    Effect,
    Field,
    dig,
    put,
    to_engine,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container import blkio
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.fields import FIELDS
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.situation import (
    Situation,
)

# To the engine a limit of zero means "as it is", so one that is taken out needs another container,
# unless there is a word for none.
NONE = {"pids_limit": -1, "restart": "no"}
WORDS_FOR_NONE = {"PidsLimit": -1, "MemorySwap": -1}
WEIGHT = "blkio_config.weight"
QUOTA = ("cpu_period", "cpu_quota")
BY_NAME: t.Mapping[str, Field] = {field.name: field for field in FIELDS}


def effect(situation: Situation) -> Effect | None:
    """The costliest effect of all changes."""
    return max(
        (_effect(situation, change.field, change.effect) for change in situation.changes),
        default=None,
    )


def _effect(situation: Situation, name: str, usual: Effect) -> Effect:
    top = name.partition(".")[0]
    if name == WEIGHT and situation.fields.get("blkio_config", {}).get("weight"):
        return Effect.UPDATE
    if usual is Effect.UPDATE:
        return usual if top in in_place(situation) else Effect.RECREATE
    if top == "networks":
        return Effect.RECONNECT if reconnects(situation) else Effect.RECREATE
    return usual


def in_place(situation: Situation) -> dict[str, t.Any]:
    """The values of the changed fields that the engine can take in place."""
    changed = {change.field.partition(".")[0] for change in situation.changes}
    values = {
        name: _value(situation, name)
        for name in sorted(changed)
        if BY_NAME[name].effect is Effect.UPDATE
    }
    other = QUOTA if "cpus" in values else ("cpus",) if set(QUOTA) & set(values) else ()
    if any(situation.found and situation.found.fields.get(name) for name in other):
        # The engine refuses one way of limiting processors beside the other.
        values = {name: value for name, value in values.items() if name not in ("cpus", *QUOTA)}
    return {name: value for name, value in values.items() if value}


def _value(situation: Situation, name: str) -> t.Any:
    declared = situation.fields.get(name)
    if declared is None and name == "memswap_limit" and situation.found:
        return situation.found.defaults.get(name)
    return NONE.get(name) if declared is None else declared


def update_body(situation: Situation) -> dict[str, t.Any]:
    """What updates a container in place."""
    body = dict(to_engine(FIELDS, in_place(situation)).get("HostConfig", {}))
    if any(change.field == WEIGHT for change in situation.changes):
        blkio.write({"weight": situation.fields["blkio_config"]["weight"]}, body)
    if "Memory" in body and "MemorySwap" not in body:
        # Memory can't be changed alone: the engine set both together to twice of what memory was,
        # or was told no limit.
        unlimited = dig(situation.inspect, ("HostConfig", "MemorySwap")) == -1
        swap = -1 if unlimited else 2 * body["Memory"]
        put(body, ("MemorySwap",), situation.fields.get("memswap_limit") or swap)
    return body


def reverting_body(situation: Situation, body: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """What updates it back to the values found; empty where the engine has no word for one."""
    found = situation.inspect.get("HostConfig") or {}
    before = {key: found.get(key) or WORDS_FOR_NONE.get(key) for key in body}
    return before if all(before.values()) else {}


def reconnects(situation: Situation) -> bool:
    """Whether connecting and disconnecting is enough.

    The network that a container was made on, hardware addresses and the order of networks are
    settled at its creation.
    """
    wanted, found = (
        situation.fields.get("networks") or {},
        situation.found.fields.get("networks", {}) if situation.found else {},
    )
    if dig(situation.inspect, ("HostConfig", "NetworkMode")) not in wanted:
        return False
    settled = ("mac_address", "priority")
    return all(
        wanted.get(name, {}).get(key) == found.get(name, {}).get(key)
        for name in {*wanted} & {*found}
        for key in settled
    )
