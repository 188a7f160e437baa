# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The work on an engine's archives: unpacked, given up again, cleared away."""

from __future__ import annotations

import contextlib
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import StepError
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import (
    members,
    notes,
    supervisor,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.facts import DOCKER


def add_group(outside: t.Any, step: Step) -> None:
    """Make the group whose members may speak to the engine."""
    ran = outside.run(["groupadd", "--system", DOCKER])
    if not ran.ok:
        raise StepError("groupadd", ran.err.strip() or "status {0}".format(ran.status))


def unpack(outside: t.Any, step: Step) -> str:
    """Unpack the archive, once its digest and its members are proven."""
    payload = step.payload
    with _source(outside, payload) as source:
        outside.archives.unpack(payload["root"], payload["digits"], source, members.chosen)
    return DOCKER


def discard(outside: t.Any, step: Step) -> None:
    """Give up an archive with which the engine didn't come up."""
    outside.archives.remove(step.payload["root"], [step.payload["digits"]])


def tidy(outside: t.Any, step: Step) -> None:
    """Remove versions that are no longer kept."""
    outside.archives.remove(step.payload["root"], step.payload["names"])


def clear(outside: t.Any, step: Step) -> None:
    """Remove all versions, and what is known of the engine; what it held stays."""
    tidy(outside, step)
    notes.change(outside, packages=(), placed=(), **notes.SETTLED)
    outside.remove(supervisor.SCRIPT)


@contextlib.contextmanager
def explained(step: Step) -> t.Iterator[None]:
    """While this lasts, a package that can't be had is told together with the way without it."""
    try:
        yield
    except StepError as error:
        if not step.payload.get("is_rest"):
            raise
        names = " ".join(step.payload["names"])
        hint = (
            "the archive has all but these packages: {0}; bring them to the host"
            " (apt-get download {0}, then dpkg --install), or set sdk to false where"
            " python3-docker isn't needed".format(names)
        )
        raise StepError(error.where, error.problem, hint, error.evidence) from None


def _source(outside: t.Any, payload: t.Mapping[str, t.Any]) -> t.Any:
    """The archive to read from, as long as it lasts."""
    if "url" in payload:
        return outside.archives.fetched(payload["root"], payload["url"])
    if "parcels" in payload:
        return outside.archives.carried(outside.parcels.open(payload["parcels"][0]))
    return outside.archives.opened(payload["path"])
