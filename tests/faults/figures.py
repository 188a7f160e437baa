# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the suite counts, for its last lines."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass
class Figures:
    """A scenario's calls that change something, and how its runs went."""

    name: str
    calls: int = 0
    hurt: int = 0
    runs: int = 0
    lost: int = 0

    def count(self, hurt: bool, lost: bool) -> None:
        """Add a run that was meant to be hurt, and the two that mended it and looked again."""
        self.hurt += hurt
        self.runs += 3
        self.lost += lost

    def __str__(self) -> str:
        return (
            f"{self.name:38}{self.calls:3} calls, {self.hurt:3} runs hurt, "
            f"{self.runs:4} runs in all, lost: {self.lost}"
        )


ALL: list[Figures] = []
# The seed of each random spec that was tried.
SPECS: list[int] = []
# What else was counted, a sentence each.
SAID: list[str] = []


def begin(name: str) -> Figures:
    """The figures of a scenario, to count in."""
    ALL.append(Figures(name))
    return ALL[-1]
