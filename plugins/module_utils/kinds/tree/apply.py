# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Placing and removing trees."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step


def place(outside: t.Any, step: Step) -> str:
    """Bring the tree to its content, file by file, each in one move."""
    (digest,) = step.payload["parcels"]
    outside.trees.remove(step.name, step.payload["stale"])
    with outside.parcels.open(digest) as archive:
        outside.trees.unpack(step.name, archive, step.payload["owner"])
    outside.trees.keep(step.name, step.payload["project"], step.payload["paths"])
    return step.name


def remove(outside: t.Any, step: Step) -> None:
    """Take away what we placed, and the directories that this leaves empty."""
    outside.trees.remove(step.name, step.payload["paths"])
    outside.trees.forget(step.name)


ACTIONS = {"place": place, "remove": remove}
