# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done on a mounted share, by children of ours: its marker, its directory, its claim."""

from __future__ import annotations

import json
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import StepError
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage import (
    facts,
    probing,
    systemd,
)

# A share that has just been mounted may be slow to answer for the first time.
PATIENCE = 10.0


def identify(outside: t.Any, step: Step) -> None:
    """Prove that the share is the right one; one without a marker gets it, unless it had one."""
    payload, point = step.payload, facts.point(step.name)
    answer = _asked(outside, probing.LOOK, step)
    _refuse_another(step, answer)
    if payload["share"] and answer.marker is None and payload["must"]:
        raise StepError(
            point,
            "the share has lost its marker, so it is another one or was emptied",
            "nothing was written; if it is the right one, write {0} into {1}/{2}".format(
                payload["share"], point, facts.MARKER
            ),
        )
    if payload["needs_directory"] and not answer.has_directory:
        problem = "the share has no directory {0!r}".format(payload["subdir"])
        raise StepError(point, problem, "make it, or say create_subdir: {}")
    texts = _lacking(step, answer)
    if texts:
        _refuse_another(step, _asked(outside, probing.WRITE, step, json.dumps(texts)))


def make_directory(outside: t.Any, step: Step) -> None:
    """Make the directory that the volume shows; one that is there stays as it is."""
    words = [str(step.payload[each]) for each in ("owner", "group", "mode")]
    if not _asked(outside, probing.MAKE, step, *words).has_directory:
        problem = "{0} is not a directory".format(step.payload["subdir"])
        raise StepError(facts.point(step.name), problem)


def release(outside: t.Any, step: Step) -> None:
    """Give up the claim to be the share's one writer."""
    _asked(outside, probing.DROP, step, facts.CLAIM + step.name, step.payload["claim"])


def purge(outside: t.Any, step: Step) -> None:
    """Give up what the directory of the volume holds."""
    _asked(outside, probing.PURGE, step, timeout=probing.PURGE_PATIENCE)


def _asked(
    outside: t.Any, script: str, step: Step, *more: str, timeout: float = PATIENCE
) -> facts.Answer:
    subdir = step.payload["subdir"]
    answer = probing.ask(outside, script, step.name, subdir, *more, timeout=timeout)
    if not answer.is_good:
        problem = answer.problem + (": what it holds is unknown" if answer.is_late else "")
        evidence = systemd.last_words(outside, step.payload["unit"])
        raise StepError(
            facts.point(step.name), problem, "see to the server, and run again", evidence
        )
    return answer


def _refuse_another(step: Step, answer: facts.Answer) -> None:
    payload, point = step.payload, facts.point(step.name)
    if payload["share"] and answer.marker not in (None, payload["share"]):
        raise StepError(
            point,
            "it is another share: {0}, and wanted is {1}".format(answer.marker, payload["share"]),
            "nothing was written; if it is the right one, say share_id: {0}".format(answer.marker),
        )
    if payload["claim"] and answer.claim not in (None, payload["claim"]):
        problem = "another host is its one writer: {0}".format(answer.claim)
        hint = "let it go there first, or remove {0}/{1}{2}".format(point, facts.CLAIM, step.name)
        raise StepError(point, problem, hint)


def _lacking(step: Step, answer: facts.Answer) -> dict[str, str]:
    payload = step.payload
    texts = {}
    if payload["share"] and answer.marker is None:
        texts[facts.MARKER] = payload["share"]
    if payload["claim"] and answer.claim is None:
        texts[facts.CLAIM + step.name] = payload["claim"]
    return texts
