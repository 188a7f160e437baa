# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Units of rollback: what goes back together, and that none of it is given up before it is proven."""

from __future__ import annotations

import dataclasses
import types
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import Refused
from ansible_collections.slipway.docker.plugins.module_utils.core.order import PROOF, Frontier
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Fate

if t.TYPE_CHECKING:
    from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step

ALONE: t.Mapping[str, Fate] = types.MappingProxyType({})
STOP, ROLLBACK = "stop", "rollback"
TOGETHER = Fate("the whole plan")


def bound_to(step: Step, fates: t.Mapping[str, Fate]) -> Step:
    """The step with its fate; what is worth having goes back with a larger unit only."""
    fate = fates.get(step.identity, step.fate)
    undo = "" if step.lasting and not fate.unit else step.undo
    return dataclasses.replace(step, fate=fate, undo=undo)


def final_last(steps: t.Sequence[Step]) -> list[Step]:
    """The same steps, each final one needing all others of its unit that don't wait for it."""
    if not any(step.final for step in steps):
        return list(steps)
    frontier = Frontier(steps)
    members: dict[str, list[str]] = {}
    for step in steps:
        if not step.final:
            members.setdefault(step.goes_back_with, []).append(step.key)
    return [_after_proof(step, members.get(step.goes_back_with, []), frontier) for step in steps]


def _after_proof(step: Step, others: t.Sequence[str], frontier: Frontier) -> Step:
    if not step.final or not others:
        return step
    later = frontier.followers(step.key).intersection(others)
    if later and step.fate.unit:
        raise Refused(
            "plan",
            "{0} can't be put back, but has to be done before {1}".format(step.key, min(later)),
            "do it in a run that is not put back as a whole (on_failure: stop)",
        )
    needed = [key for key in others if key not in later] if later else [PROOF + step.goes_back_with]
    return dataclasses.replace(step, needs=(*step.needs, *needed))
