# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a module returns of the storages of a run, and what it warns of."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.report import Report
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage import facts

OLD = (
    "storage {0}: {1} still see what was mounted before, since a container keeps what it has;"
    " restart them"
)


def warned(report: Report) -> Report:
    """The report, with a warning of each container that looks at a dead mount."""
    warnings = tuple(
        OLD.format(name, ", ".join(sorted(seen.running)) or "containers")
        for name, seen in _seen(report).items()
        if seen.has_old_mount
    )
    return dataclasses.replace(report, warnings=(*report.warnings, *warnings))


def told(report: Report) -> list[dict[str, t.Any]]:
    """The storages as they were found, in the order of their names."""
    return [
        {
            "name": name,
            "path": facts.point(name),
            "mounted": seen.is_mounted,
            "source": seen.layers[-1].source if seen.layers else "",
            "containers": sorted(seen.running),
            "stale_containers": sorted(seen.running) if seen.has_old_mount else [],
        }
        for name, seen in sorted(_seen(report).items())
    ]


def _seen(report: Report) -> dict[str, facts.Seen]:
    for kind, request in report.requests:
        if kind.name == "storage":
            known: dict[str, facts.Seen] = request.snapshot["storage"][facts.HOST].facts["seen"]
            return known
    return {}
