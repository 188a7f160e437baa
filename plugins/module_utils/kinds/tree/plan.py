# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What it takes to have a tree as wanted: place what differs, take away what was ours."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Request, Step
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Found


def plan(request: Request) -> list[Step]:
    """Place or remove; what a container may still have mounted goes after the containers."""
    wanted, found = request.wanted, request.found
    if wanted.state == "absent":
        return [_removal(request, found)] if found else []
    if found is not None and not request.changes:
        return []
    return [request.step("place", request.why, payload=_payload(request, found))]


def _removal(request: Request, found: Found) -> Step:
    cause = request.cause or "state: absent"
    return request.step(
        "remove", cause, needs=("container",), final=True, payload={"paths": found.facts["ours"]}
    )


def _payload(request: Request, found: Found | None) -> dict[str, t.Any]:
    options = request.wanted.options
    ours = found.facts["ours"] if found else ()
    return {
        "parcels": (request.wanted.fields["content"],),
        "paths": sorted(options["manifest"]),
        "stale": sorted(set(ours) - set(options["manifest"])),
        "owner": request.wanted.fields.get("owner", ""),
        "project": options.get("project", ""),
    }
