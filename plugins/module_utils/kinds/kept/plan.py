# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is kept stays as it is until it is dropped: the state before a failed rollout is not overwritten by the next."""

from __future__ import annotations

from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Request, Step


def plan(request: Request) -> list[Step]:
    """Keep where nothing is kept, drop where something is."""
    if (request.wanted.state == "present") is (request.found is not None):
        return []
    verb = "keep" if request.wanted.state == "present" else "drop"
    options = request.wanted.options
    return [request.step(verb, options["cause"], payload={"engine": options["engine"]})]
