# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starting, stopping, and waiting until a start has proven itself."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step, chain
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Found
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.clashes import freed
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.depends import (
    WAIT_TIMEOUT,
    before_start,
    waits,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.situation import (
    Situation,
)


def starts(
    situation: Situation,
    before: t.Sequence[Step],
    cause: str,
    after: t.Sequence[Step] = (),
    verb: str = "start",
    gated: bool = False,
    **details: t.Any,
) -> list[Step]:
    """The steps before, the start where it is wanted, its proof where asked for, the steps after.

    Beside them stand the waits for what the start depends on, which belong to other containers.
    """
    if not situation.runs:
        return chain([*before, *after])
    needs = (*before_start(situation), *freed(situation))
    steps = [situation.request.step(verb, cause, needs=needs, **details)]
    if gated or situation.wanted.options.get("wait"):
        steps.append(proof(situation, "before the old one goes" if gated else "wait: true"))
    return [*chain([*before, *steps, *after]), *waits(situation)]


def proof(situation: Situation, cause: str, beside: str = "") -> Step:
    """The step that waits until a container is healthy, or stays up where it can't tell.

    ``beside``: what it is called while it runs beside the one that it replaces.
    """
    options = situation.wanted.options
    payload: dict[str, t.Any] = {
        "timeout": options.get("wait_timeout") or WAIT_TIMEOUT,
        **({"container": beside} if beside else {}),
        **({"monitor": options["monitor"]} if options.get("monitor") is not None else {}),
    }
    verb = "await healthy" if situation.healthcheck else "await running"
    verb += " new" if beside else ""
    return situation.request.step(verb, cause, payload=payload)


def stop(
    situation: Situation, verb: str, cause: str, found: Found | None, **details: t.Any
) -> Step:
    """The step that stops a container as it was found."""
    payload = {"id": found.id if found else "", "timeout": situation.stop_timeout}
    return situation.request.step(verb, cause, payload=payload, **details)
