# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replicas that are replaced a few at a time: a batch begins when the one before it is proven."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.situation import (
    Situation,
    update_config,
)

DELAY = "await delay"
# After these a replica is in place and proven; which of them there are depends on its order.
PROOFS = (
    "await healthy",
    "await running",
    "await healthy new",
    "await running new",
    "promote",
    "stop old",
)


def turn(situation: Situation) -> tuple[tuple[str, ...], list[Step]]:
    """What a replacement needs so that it comes in its batch, and the wait that this may be."""
    config = update_config(situation.wanted)
    before = _batch_before(_replaced(situation), config.get("parallelism", 0))
    needs = tuple("{0} container {1}".format(verb, name) for name in before for verb in PROOFS)
    if not needs or not config.get("delay"):
        return needs, []
    cause = "{0:g} s after the batch before it".format(config["delay"])
    payload = {"seconds": config["delay"]}
    wait = Step(DELAY, "container", situation.wanted.name, cause, needs=needs, payload=payload)
    return (wait.key,), [wait]


def _replaced(situation: Situation) -> list[str]:
    """The replicas that this plan replaces before this one."""
    replicas = update_config(situation.wanted).get("replicas", ())
    earlier = situation.request.earlier if replicas else ()
    return [step.name for step in earlier if step.verb == "recreate" and step.name in replicas]


def _batch_before(replaced: t.Sequence[str], parallelism: int) -> t.Sequence[str]:
    if not parallelism:
        return ()
    begin = len(replaced) // parallelism * parallelism
    return replaced[max(begin - parallelism, 0) : begin]
