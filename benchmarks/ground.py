# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all comparisons stand on: commands timed, plays, projects, and nothing left behind."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import pathlib
import statistics
import subprocess
import sys
import time
import typing as t

from tests.images.build import build

ROOT = pathlib.Path(__file__).resolve().parent.parent
BENCH = ROOT / ".cache" / "bench"
IMAGE = "slipway-test/busybox:1"
PREFIX = "slipway-bench"
# A service that runs until it is stopped, and then stops at once.
SERVICE = {
    "image": IMAGE,
    "command": ["sleep", "100000"],
    "environment": {"A": "1"},
    "stop_grace_period": "0s",
    "init": True,
}
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


def project(folder: pathlib.Path, name: str, services: dict[str, t.Any]) -> pathlib.Path:
    """A Compose file of a project whose name has our prefix."""
    path = folder / f"{name}.yml"
    path.write_text(json.dumps({"name": f"{PREFIX}-{name}", "services": services}))
    return path


def equal_services(folder: pathlib.Path, count: int) -> pathlib.Path:
    """A project of services that are all the same."""
    return project(folder, str(count), {f"s{number}": SERVICE for number in range(count)})


def stack_task(path: pathlib.Path, **options: t.Any) -> dict[str, t.Any]:
    """Our way."""
    return {"slipway.docker.stack": {"files": [str(path)], **options}}


@dataclasses.dataclass(frozen=True)
class Start:
    """What Ansible takes in any case: an empty play, and one whose only task does nothing (seconds)."""

    play: float
    task: float


def starts(folder: pathlib.Path) -> Start:
    """The medians of three of each."""
    plays = (play(folder, "empty", []), play(folder, "nothing", [{"ansible.builtin.ping": None}]))
    return Start(*(statistics.median(run(*each) for _round in range(3)) for each in plays))


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
    listed = ["docker", "network", "ls", "--filter", f"name=^{PREFIX}", "--format", "{{.Name}}"]
    for network in subprocess.check_output(listed, text=True).split():
        subprocess.run(["docker", "network", "rm", network], capture_output=True, check=False)
