# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stack from nothing, against compose's plugin told to do the same."""

from __future__ import annotations

import pathlib
import statistics

from benchmarks.ground import PREFIX, Start, equal_services, play, run, stack_task
from tests.ground.programs import compose as find_compose


def from_nothing(
    folder: pathlib.Path, count: int, rounds: int, start: Start, wait: bool, peer: tuple[str, ...]
) -> None:
    """A stack from nothing, against compose's plugin told to do the same."""
    path = equal_services(folder, count)
    up = play(folder, "up", [stack_task(path, wait=wait)])
    compose = (str(find_compose()), "-p", f"{PREFIX}-{count}", "-f", str(path))
    figures: dict[tuple[str, ...], list[float]] = {up: [], (*compose, *peer): []}
    for _round in range(rounds):
        for command, taken in figures.items():
            taken.append(run(*command))
            run(*compose, "down", "-t", "0")
    mine, theirs = (statistics.median(taken) for taken in figures.values())
    print(f"{count} services from nothing, {'until they run' if wait else 'started'}")
    print(f"  slipway {mine:.2f} s, docker compose {' '.join(peer)} {theirs:.2f} s")
    print(f"  slipway / peer: {mine / theirs:.2f} whole")
    for what, less in (
        ("what Ansible takes for a task that does nothing", start.task),
        ("what it takes for a play without a task", start.play),
    ):
        print(f"    without {what} ({less:.2f} s): {(mine - less) / theirs:.2f}", flush=True)
