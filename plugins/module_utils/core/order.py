# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The order of steps: what is needed comes first, and a circle is an error that names it."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError

if t.TYPE_CHECKING:
    from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step


def prerequisites(steps: t.Sequence[Step]) -> dict[str, frozenset[str]]:
    """For each step's key the keys of the steps that it waits for; needs that no step answers are met already."""
    answers: dict[str, set[str]] = {}
    for step in steps:
        answers.setdefault(step.key, set()).add(step.key)
        answers.setdefault(step.identity, set()).add(step.key)
        answers.setdefault(step.kind, set()).add(step.key)
    return {
        step.key: frozenset(key for need in step.needs for key in answers.get(need, ()) if key != step.key)
        for step in steps
    }


def arrange(steps: t.Sequence[Step]) -> tuple[Step, ...]:
    """The steps in an order that breaks no need, otherwise as they came."""
    waiting = prerequisites(steps)
    by_key = {step.key: step for step in steps}
    arranged: list[Step] = []
    done: set[str] = set()
    while len(arranged) < len(by_key):
        ready = [key for key in by_key if key not in done and waiting[key] <= done]
        if not ready:
            raise InputError("plan", "a circle: {0}".format(" -> ".join(_circle(waiting, done))), "break one of these needs")
        for key in ready:
            done.add(key)
            arranged.append(by_key[key])
    return tuple(arranged)


def _circle(waiting: t.Mapping[str, frozenset[str]], done: t.AbstractSet[str]) -> list[str]:
    trail = [min(key for key in waiting if key not in done)]
    while trail[-1] not in trail[:-1]:
        trail.append(min(waiting[trail[-1]] - done))
    return trail[trail.index(trail[-1]):]
