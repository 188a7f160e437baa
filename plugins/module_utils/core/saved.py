# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A saved plan: what was shown is what is done, and nothing where the host has moved since."""

from __future__ import annotations

import collections
import dataclasses
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import Refused
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import AWAIT, Plan, Step
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import ENGINE

# A seal of nothing: it tells whether two seals were made with the same key.
KEY = ""
Seal = t.Callable[[t.Any], str]


@dataclasses.dataclass(frozen=True)
class Saved:
    """A plan as it was shown, and by resource the seal of all that its steps would send."""

    lines: tuple[str, ...] = ()
    fingerprints: t.Mapping[str, str] = dataclasses.field(default_factory=dict)


def fingerprints(
    plan: Plan, seal: Seal, expected: t.AbstractSet[str] = frozenset()
) -> dict[str, str]:
    """By resource the seal of its steps, which no printed line can hold whole.

    What needs something that an earlier task of a check mode run would have made has none: what it
    sends can only be told when that is there.
    """
    steps: dict[str, list[t.Any]] = {}
    for step in _acting(plan):
        if not expected & {ENGINE, step.identity, *step.needs}:
            sent = [step.key, step.cause, step.needs, step.payload]
            steps.setdefault(step.identity, []).append(sent)
    return {KEY: seal(KEY), **{name: seal(parts) for name, parts in steps.items()}}


def hold_to(saved: Saved, plan: Plan, seal: Seal) -> None:
    """Refuse a plan that isn't the saved one, saying what has moved; waiting moves by itself."""
    before = [line for line in saved.lines if not line.startswith(AWAIT + " ")]
    now = [str(step) for step in _acting(plan)]
    moved = _moved(before, now) or _sent_otherwise(saved.fingerprints, plan, seal)
    if moved:
        raise Refused(
            "plan",
            "it is no longer the one that was saved: {0}".format("; ".join(moved)),
            "nothing of it was done; save the plan anew and read it before it is applied",
        )


def _acting(plan: Plan) -> list[Step]:
    return [step for step in plan.steps if step.changes_host]


def _moved(before: t.Sequence[str], now: t.Sequence[str]) -> list[str]:
    old, new = collections.Counter(before), collections.Counter(now)
    moved = [
        "{0}: {1!r}".format(what, line)
        for what, lines in (("new", new - old), ("gone", old - new))
        for line in lines
    ]
    return moved or (["its steps come in another order"] if list(before) != list(now) else [])


def _sent_otherwise(saved: t.Mapping[str, str], plan: Plan, seal: Seal) -> list[str]:
    now = fingerprints(plan, seal) if saved else {}
    if saved.get(KEY) != now.get(KEY):
        # Before its first run a host has no key to keep, so the lines are all that can be compared.
        return []
    changed = [name for name, sealed in saved.items() if now.get(name) != sealed]
    return ["{0}: what is sent has changed".format(name) for name in changed]
