# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A chain of services that each wait for the one before to be healthy: what a link costs beyond its check."""

from __future__ import annotations

import json
import pathlib
import statistics
import subprocess
import time
import typing as t

from benchmarks.ground import ENVIRONMENT, PREFIX, SERVICE, play, project, run, stack_task
from tests.ground.engine import engine

CHECK = {"test": ["CMD", "true"], "interval": "300ms", "retries": 3}
NANO = 1e9


def chain(folder: pathlib.Path, links: int) -> None:
    """Run the chain, and read from the engine's own events when each was healthy and the next began."""
    services = {
        f"s{number}": {
            **SERVICE,
            "healthcheck": CHECK,
            **(
                {"depends_on": {f"s{number - 1}": {"condition": "service_healthy"}}}
                if number
                else {}
            ),
        }
        for number in range(links)
    }
    path = project(folder, "chain", services)
    told = events(lambda: run(*play(folder, "chain-up", [stack_task(path)])))
    healthy, started = first(told, "health_status: healthy"), first(told, "start")
    names = [f"{PREFIX}-chain-s{number}-1" for number in range(links)]
    waits = [
        started[after] - healthy[before] for before, after in zip(names, names[1:], strict=False)
    ]
    engines = statistics.median(start_anew(name) for name in names)
    print(f"a chain of {links} services, each after the one before is healthy")
    print(
        f"  from healthy to the next one's start: {statistics.median(waits) * 1000:.0f} ms in the"
        f" median, of which the engine's own part is {engines * 1000:.0f} ms",
        flush=True,
    )


def start_anew(name: str) -> float:
    """The seconds that the engine takes to start a container that nothing else waits for."""
    container = engine().containers.get(name)
    container.stop(timeout=0)
    began = time.perf_counter()
    container.start()
    return time.perf_counter() - began


def events(job: t.Callable[[], object]) -> list[dict[str, t.Any]]:
    """What the engine tells of containers while something is done; it forgets what lies further back."""
    filters = [
        "--filter",
        "type=container",
        "--filter",
        "event=start",
        "--filter",
        "event=health_status",
    ]
    with subprocess.Popen(
        ["docker", "events", *filters, "--format", "{{json .}}"],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        text=True,
    ) as listening:
        try:
            job()
            time.sleep(0.2)
        finally:
            listening.terminate()
        return [json.loads(line) for line in listening.communicate()[0].splitlines()]


def first(told: list[dict[str, t.Any]], event: str) -> dict[str, float]:
    """When each container had its first event of a sort, in seconds."""
    found: dict[str, float] = {}
    for each in told:
        if each["Action"] == event:
            found.setdefault(each["Actor"]["Attributes"]["name"], each["timeNano"] / NANO)
    return found
