# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The acts that move a data root; until the last of them, the old one is as it was."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import StepError
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import (
    moving,
    notes,
    taking_up,
)


def halt(outside: t.Any, step: Step) -> None:
    """Stop the engine; from here on a killed run is finished or undone by the next."""
    _remember(outside, step)
    taking_up.stop(outside, step)


def resume(outside: t.Any, step: Step) -> None:
    """Have the engine run again, where nobody did that yet."""
    if outside.local.get("/version") is None:
        taking_up.start(outside, step)
        taking_up.ready(outside, step)
    notes.change(outside, moving=(), contents=None)


def move_data(outside: t.Any, step: Step) -> None:
    """Copy all that the engine holds, and see that the copy is true."""
    source, target = _ends(step)
    _refuse_mounts(outside, source)
    _remember(outside, step)
    outside.data_roots.clear(target)
    ran = outside.data_roots.copy(source, target)
    if not ran.ok:
        said = ran.err.strip().splitlines()
        raise StepError("cp {0} {1}".format(source, target), "; ".join(said[:3]) or "it failed")
    differences = outside.data_roots.differences(source, target)
    if differences:
        told = {"what differs": differences}
        raise StepError(target, "the copy isn't the same as {0}".format(source), evidence=told)


def drop_copy(outside: t.Any, step: Step) -> None:
    """Give up a copy, which is ours as long as it is noted."""
    source, target = _ends(step)
    if notes.read(outside).moving == (source, target):
        outside.data_roots.clear(target)
    if step.payload.get("ran"):
        resume(outside, step)
    notes.change(outside, moving=(), contents=None)


def see_data(outside: t.Any, step: Step) -> None:
    """See that the engine holds what it held before."""
    held = step.payload["held"] or notes.read(outside).contents or ()
    there = moving.hold(outside) if held else ()
    lost = sorted(set(held) - set(there or ()))
    if lost:
        problem = "{0} of what was in {1} isn't there: {2}".format(
            len(lost), step.payload["source"], ", ".join(lost[:3])
        )
        raise StepError(step.payload["target"], problem)


def drop_data(outside: t.Any, step: Step) -> None:
    """Give up the old data root, of which all is in the new one."""
    source, _target = _ends(step)
    _refuse_mounts(outside, source)
    outside.data_roots.give_up(source)
    notes.change(outside, moving=(), contents=None)


def _ends(step: Step) -> tuple[str, str]:
    return step.payload["source"], step.payload["target"]


def _remember(outside: t.Any, step: Step) -> None:
    """Note the move; what was held is known only while the engine still answers."""
    known = notes.read(outside)
    held = step.payload["held"]
    if held is None and known.moving == _ends(step):
        held = known.contents
    notes.change(outside, moving=_ends(step), contents=held)


def _refuse_mounts(outside: t.Any, path: str) -> None:
    mounts = outside.machine.mounts_below(path)
    if mounts:
        problem = "something is mounted in there: {0}".format(", ".join(mounts[:3]))
        raise StepError(path, problem, "unmount it first, and run again")
