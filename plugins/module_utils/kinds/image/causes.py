# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the plans of all sources share: why something is done, what it does, on what it stands."""

from __future__ import annotations

from ansible_collections.slipway.docker.plugins.module_utils.core.field import Effect
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Request
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Found

FORCED = "force: true"


def cause(request: Request, changed: str) -> str:
    """Why an image is to be brought; empty where it isn't."""
    if request.found is None:
        return "not found"
    if changed or request.changes:
        return changed or request.why
    return FORCED if request.wanted.options.get("force") else ""


def effect(found: Found | None) -> Effect | None:
    """A name that moves to another image is an update."""
    return None if found is None else Effect.UPDATE


def coming(request: Request) -> list[str]:
    """The images that this one is made of, and that earlier steps of the plan bring."""
    needs = request.wanted.needs
    return [need for need in needs if need.startswith("image ") and need in request.coming]
