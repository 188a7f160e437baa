# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares Slipway with its peers on a local engine, side by side in one run, and prints ratios.

Usage: python -m benchmarks.run [--rounds N] [--services N]
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import typing as t

from ansible_collections.slipway.docker.plugins.action.stack import as_argument
from ansible_collections.slipway.docker.plugins.module_utils.compose import wanted
from ansible_collections.slipway.docker.plugins.module_utils.compose.project import load
from ansible_collections.slipway.docker.plugins.plugin_utils.cargo import Cargo
from tests.ground.programs import compose as find_compose
from tests.images.build import build

ROOT = pathlib.Path(__file__).resolve().parent.parent
BENCH = ROOT / ".cache" / "bench"
IMAGE = "slipway-test/busybox:1"
PREFIX = "slipway-bench"
ENVIRONMENT = {
    **os.environ,
    "ANSIBLE_COLLECTIONS_PATH": f"{ROOT / '.cache'}:{BENCH}",
    "ANSIBLE_LOCALHOST_WARNING": "false",
    "ANSIBLE_INVENTORY_UNPARSED_WARNING": "false",
    "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
    "DOCKER_BUILDKIT": "0",
    "PYTHONPATH": str(ROOT / ".cache"),
}


def run(*command: str, quiet: bool = True) -> float:
    """Run a command to its end; the seconds that it took."""
    began = time.perf_counter()
    done = subprocess.run(
        command, env=ENVIRONMENT, cwd=ROOT, capture_output=quiet, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return time.perf_counter() - began


def play(folder: pathlib.Path, name: str, tasks: list[dict[str, t.Any]]) -> tuple[str, ...]:
    """A playbook for this machine, as a command."""
    path = folder / f"{name}.yml"
    path.write_text(
        json.dumps(
            [{"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks}]
        )
    )
    return ("ansible-playbook", "-i", "localhost,", str(path))


def compose_file(folder: pathlib.Path, count: int) -> pathlib.Path:
    """A project of equal services."""
    path = folder / f"compose-{count}.yml"
    service = {
        "image": IMAGE,
        "command": ["sleep", "100000"],
        "environment": {"A": "1"},
        "stop_grace_period": "0s",
        "init": True,
    }
    path.write_text(
        json.dumps(
            {"name": f"{PREFIX}-{count}", "services": {f"s{n}": service for n in range(count)}}
        )
    )
    return path


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


def stack_task(path: pathlib.Path, **options: t.Any) -> dict[str, t.Any]:
    """Our way."""
    return {"slipway.docker.stack": {"files": [str(path)], **options}}


def as_sent(folder: pathlib.Path, arguments: dict[str, t.Any]) -> pathlib.Path:
    """Our module as Ansible sends it to a host."""
    program = folder / "module.py"
    script = str(pathlib.Path(__file__).with_name("as_sent.py"))
    subprocess.run(
        [sys.executable, script, "slipway.docker.converge", str(program)],
        input=json.dumps(arguments),
        env={**ENVIRONMENT, "PYTHONPATH": ""},
        text=True,
        check=True,
    )
    return program


def module_run(program: pathlib.Path) -> tuple[float, float]:
    """Seconds and MB of the module alone, as a host runs it, without Ansible's part."""
    began = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, str(program)],
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        text=True,
    )
    out = child.communicate()[0]
    took = time.perf_counter() - began
    result = json.loads(out)
    if result.get("failed") or result["changed"]:
        raise SystemExit(f"the stack was not up to date: {out}")
    return took, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def converge_arguments(path: pathlib.Path) -> dict[str, t.Any]:
    """What the action plugin hands the module for a Compose file."""
    project = load(
        [str(path)], read=lambda name: pathlib.Path(name).read_text(encoding="utf-8"), strict=True
    )
    manner = wanted.Manner(directory=f"/var/lib/slipway/stacks/{project.name}", in_place=True)
    resources = wanted.wanted(project, manner, Cargo())
    return {"resources": [as_argument(one) for one in resources], "project": project.name}


@dataclasses.dataclass(frozen=True)
class Start:
    """What Ansible takes in any case: an empty play, and one whose only task does nothing (seconds)."""

    play: float
    task: float


def starts(folder: pathlib.Path) -> Start:
    """The medians of three of each."""
    plays = (play(folder, "empty", []), play(folder, "nothing", [{"ansible.builtin.ping": None}]))
    return Start(*(statistics.median(run(*each) for _round in range(3)) for each in plays))


def converged(folder: pathlib.Path, count: int, rounds: int, start: Start) -> None:
    """A stack that is up to date, against a loop of the peer over as many containers."""
    path = compose_file(folder, count)
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
    for what, less in (("Ansible's start", start.play), ("a task that does nothing", start.task)):
        print(f"    without {what} ({less:.2f} s): {(theirs - less) / (mine - less):.1f}")
    program = as_sent(folder, converge_arguments(path))
    alone = [module_run(program) for _round in range(rounds)]
    seconds, megabytes = (statistics.median(one[part] for one in alone) for part in (0, 1))
    print(f"  the module's own part: {seconds:.2f} s, {megabytes:.0f} MB at its peak", flush=True)


def from_nothing(
    folder: pathlib.Path, count: int, rounds: int, start: Start, wait: bool, peer: tuple[str, ...]
) -> None:
    """A stack from nothing, against compose's plugin told to do the same."""
    path = compose_file(folder, count)
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
    for what, less in (("Ansible's start", start.play), ("a task that does nothing", start.task)):
        print(f"    without {what} ({less:.2f} s): {(mine - less) / theirs:.2f}", flush=True)


@contextlib.contextmanager
def image() -> t.Iterator[None]:
    """The small image that all services run, and nothing of theirs left behind."""
    build([IMAGE.partition("/")[2]])
    try:
        yield
    finally:
        clean_up()


def clean_up() -> None:
    """Take away what the benchmark made, and only that."""
    names = subprocess.run(
        ["docker", "ps", "-aq", "--filter", f"name=^{PREFIX}"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    # An engine of 20.10 that removes a hundred at once may forget an endpoint.
    for first in range(0, len(names), 10):
        run("docker", "rm", "-f", *names[first : first + 10])
    for network in (f"{PREFIX}-peer", f"{PREFIX}-20_default", f"{PREFIX}-100_default"):
        subprocess.run(["docker", "network", "rm", network], capture_output=True, check=False)


def main() -> None:
    """Run all comparisons."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--services", type=int, default=100)
    chosen = parser.parse_args()
    with image(), tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder)
        start = starts(place)
        from_nothing(place, 20, chosen.rounds, start, False, ("up", "-d"))
        from_nothing(place, 20, chosen.rounds, start, True, ("up", "-d", "--wait"))
        converged(place, chosen.services, chosen.rounds, start)


if __name__ == "__main__":
    main()
