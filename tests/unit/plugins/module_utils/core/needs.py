# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a need means, in the plainest words, for the ordering to be measured by."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step


def prerequisites(steps: t.Sequence[Step]) -> dict[str, set[str]]:
    """For each step's key the keys of all steps that have to be done before it."""
    return {
        step.key: {
            other.key
            for other in steps
            for need in step.needs
            if need in (other.key, other.identity, other.kind) and other.key != step.key
        }
        for step in steps
    }
