# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stack that is up to date, against a loop of the peer over as many containers."""

from __future__ import annotations

import pathlib
import statistics
import typing as t

from benchmarks.alone import as_sent, converge_arguments, module_run
from benchmarks.ground import IMAGE, PREFIX, Start, equal_services, play, run, stack_task


def converged(folder: pathlib.Path, count: int, rounds: int, start: Start) -> None:
    """A stack that is up to date, against a loop of the peer over as many containers."""
    path = equal_services(folder, count)
    ours = play(folder, "ours", [stack_task(path, wait=False)])
    network = {"community.docker.docker_network": {"name": PREFIX + "-peer"}}
    peer_up = play(folder, "peer-up", [network, loop_task(count)])
    peer = play(folder, "peer", [loop_task(count)])
    print(f"bringing {count} containers up twice, ours and the peer's ...", flush=True)
    run(*ours)
    run(*peer_up)
    mine = statistics.median(run(*ours) for _round in range(rounds))
    theirs = run(*peer)
    print(f"{count} containers up to date")
    print(f"  slipway {mine:.2f} s, a loop over community.docker.docker_container {theirs:.2f} s")
    print(f"  peer / slipway: {theirs / mine:.1f} whole")
    for what, less in (
        ("a task that does nothing", start.task),
        ("a play without a task", start.play),
    ):
        print(f"    without {what} ({less:.2f} s): {(theirs - less) / (mine - less):.1f}")
    program = as_sent(folder, converge_arguments(path))
    alone = [module_run(program) for _round in range(rounds)]
    seconds, megabytes = (statistics.median(one[part] for one in alone) for part in (0, 1))
    print(f"  the module's own part: {seconds:.2f} s, {megabytes:.0f} MB at its peak", flush=True)


def loop_task(count: int) -> dict[str, t.Any]:
    """The peer's way to have the same containers."""
    return {
        "community.docker.docker_container": {
            "name": PREFIX + "-peer-{{ item }}",
            "image": IMAGE,
            "command": ["sleep", "100000"],
            "env": {"A": "1"},
            "init": True,
            "networks": [{"name": PREFIX + "-peer"}],
            "stop_timeout": 0,
        },
        "loop": f"{{{{ range({count}) | list }}}}",
    }
