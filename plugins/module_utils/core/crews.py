# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Crews: resources of which some may fail without ending the work on the others."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step


class Toll:
    """How many of each crew have failed, out of those that the plan changes."""

    def __init__(self, steps: t.Iterable[Step]) -> None:
        self._members: dict[str, set[str]] = {}
        self._failed: dict[str, set[str]] = {}
        for step in steps:
            if step.fate.crew and step.changes_host:
                self._members.setdefault(step.fate.crew, set()).add(step.identity)

    def take(self, step: Step) -> bool:
        """Count a failure; True where the work on the others goes on."""
        if step.identity not in self._members.get(step.fate.crew, ()):
            return False
        self._failed.setdefault(step.fate.crew, set()).add(step.identity)
        return step.fate.goes_on or self.spares(step)

    def spares(self, step: Step) -> bool:
        """Whether no more of its crew have failed than may."""
        failed = len(self._failed.get(step.fate.crew, ()))
        return 0 < failed <= step.fate.spare * len(self._members[step.fate.crew])
