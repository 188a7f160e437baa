# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tasks of one run have to know of each other, host by host: kept as facts, and for this run alone."""

from __future__ import annotations

import os
import typing as t

TOLD, SAVED, EXPECTED = "slipway_told", "slipway_saved", "slipway_expected"
# The facts that an item of a loop sets are seen by the next task, and not by the next item.
_BY_ITEMS: dict[tuple[str, str, str], t.Any] = {}


class Remembered:
    """What was remembered for one host, as a task of the same run sees it."""

    def __init__(self, task: str, variables: t.Mapping[str, t.Any]) -> None:
        self._item = (task, str(variables.get("inventory_hostname")))
        self._facts = variables.get("ansible_facts") or {}

    def recall(self, name: str) -> t.Any:
        """What was kept under a name; None where nothing was."""
        if (*self._item, name) in _BY_ITEMS:
            return _BY_ITEMS[(*self._item, name)]
        fact = self._facts.get(name) or {}
        return fact.get("kept") if fact.get("run") == os.getppid() else None

    def keep(self, name: str, kept: t.Any) -> dict[str, t.Any]:
        """The facts by which later tasks know; later items of the same task know at once."""
        _BY_ITEMS[(*self._item, name)] = kept
        return {name: {"run": os.getppid(), "kept": kept}}
