# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares Slipway with its peers on a local engine, side by side in one run, and prints ratios.

Usage: python -m benchmarks.run [--rounds N] [--services N]
"""

from __future__ import annotations

import argparse
import contextlib
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


def module_run(folder: pathlib.Path, path: pathlib.Path) -> tuple[float, float]:
    """Seconds and MB of the module alone, as the host runs it: an interpreter, the arguments, nothing of Ansible's."""
    script = folder / "module.py"
    script.write_text(
        "import json, sys, io, types\n"
        "from ansible_collections.slipway.docker.plugins.modules import converge\n"
        "converge.main()\n"
    )
    arguments = folder / "arguments.json"
    arguments.write_text(json.dumps({"ANSIBLE_MODULE_ARGS": converge_arguments(path)}))
    began = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, str(script), str(arguments)],
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
    sys.path.insert(0, str(ROOT / ".cache"))
    from ansible_collections.slipway.docker.plugins.action.stack import as_argument
    from ansible_collections.slipway.docker.plugins.module_utils.compose import wanted
    from ansible_collections.slipway.docker.plugins.module_utils.compose.project import load
    from ansible_collections.slipway.docker.plugins.plugin_utils.cargo import Cargo

    project = load(
        [str(path)], read=lambda name: pathlib.Path(name).read_text(encoding="utf-8"), strict=True
    )
    manner = wanted.Manner(directory=f"/var/lib/slipway/stacks/{project.name}", in_place=True)
    resources = wanted.wanted(project, manner, Cargo())
    return {"resources": [as_argument(one) for one in resources], "project": project.name}


def converged(folder: pathlib.Path, count: int, rounds: int) -> None:
    """A stack that is up to date, against a loop of the peer over as many containers."""
    path = compose_file(folder, count)
    ours = play(folder, "ours", [stack_task(path, wait=False)])
    start = play(folder, "start", [])
    network = {"community.docker.docker_network": {"name": PREFIX + "-peer"}}
    peer_up = play(folder, "peer-up", [network, loop_task(count)])
    peer = play(folder, "peer", [loop_task(count)])
    print(f"bringing {count} containers up twice, ours and the peer's ...", flush=True)
    run(*ours)
    run(*peer_up)
    idle = statistics.median(run(*start) for _round in range(3))
    mine = [run(*ours) for _round in range(rounds)]
    theirs = [run(*peer)]
    report(f"{count} containers up to date, a play", mine, theirs, idle, "community.docker loop")
    alone = [module_run(folder, path) for _round in range(rounds)]
    seconds, megabytes = (statistics.median(one[part] for one in alone) for part in (0, 1))
    print(f"  the module's own part: {seconds:.2f} s, {megabytes:.0f} MB at its peak")


def from_nothing(folder: pathlib.Path, count: int, rounds: int) -> None:
    """A stack from nothing, against compose's plugin."""
    path = compose_file(folder, count)
    project = f"{PREFIX}-{count}"
    up = play(folder, "up", [stack_task(path)])
    start = play(folder, "start", [])
    compose = (str(find_compose()), "-p", project, "-f", str(path))
    idle = statistics.median(run(*start) for _round in range(3))
    mine, theirs = [], []
    for _round in range(rounds):
        for command, figures in (((*compose, "up", "-d"), theirs), (up, mine)):
            figures.append(run(*command))
            run(*compose, "down", "-t", "0")
    report(
        f"{count} services from nothing", mine, theirs, idle, "docker compose up -d", peer_idle=0
    )


def report(
    title: str,
    mine: list[float],
    theirs: list[float],
    idle: float,
    peer: str,
    peer_idle: float | None = None,
) -> None:
    """One comparison: medians, and the ratio with Ansible's start left out."""
    ours, other = statistics.median(mine), statistics.median(theirs)
    other_net = other - (idle if peer_idle is None else peer_idle)
    print(f"{title}")
    print(
        f"  slipway {ours:.2f} s ({ours - idle:.2f} s without Ansible's start of {idle:.2f} s), {peer} {other:.2f} s"
    )
    print(
        f"  slipway / peer: {ours / other:.3f} whole, {(ours - idle) / other_net:.3f} without the start;"
        f" peer / slipway: {other / ours:.1f} and {other_net / (ours - idle):.1f}",
        flush=True,
    )


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
    if names:
        run("docker", "rm", "-f", *names)
    networks = subprocess.run(
        ["docker", "network", "ls", "-q", "--filter", f"name=^{PREFIX}"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    if networks:
        run("docker", "network", "rm", *networks)


def main() -> None:
    """Run all comparisons."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--services", type=int, default=100)
    chosen = parser.parse_args()
    with image(), tempfile.TemporaryDirectory() as folder:
        from_nothing(pathlib.Path(folder), 20, chosen.rounds)
        converged(pathlib.Path(folder), chosen.services, chosen.rounds)


if __name__ == "__main__":
    main()
