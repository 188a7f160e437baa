# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An engine that is up to date, on a host with systemd of its own."""

from __future__ import annotations

import json
import pathlib
import statistics
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.wanted import OPTIONS
from benchmarks.alone import as_sent
from benchmarks.ground import PREFIX, Start, run
from tests.hosts import host as hosts

HOST = f"{PREFIX}-engine"
SETTINGS: dict[str, t.Any] = {
    "log_rotation": {"max-size": "10m", "max-file": "3"},
    "config": {"live-restore": True, "labels": ["stage=bench"]},
    "environment": {"MOOD": "calm"},
}
TIMED = (
    "import subprocess, sys, time; began = time.perf_counter();"
    " done = subprocess.run([sys.executable, '/root/engine.py'], capture_output=True, text=True);"
    " print(time.perf_counter() - began); print(done.stdout)"
)


def engine(folder: pathlib.Path, rounds: int, start: Start) -> None:
    """How long one run of the module takes, whole and on the host alone."""
    hosts.down(HOST)
    host = hosts.up(HOST, "trixie", "usual")
    try:
        up = play_on(host, folder)
        run(*up)
        whole = statistics.median(run(*up) for _round in range(rounds))
        alone = statistics.median(module_run(host, folder) for _round in range(rounds))
    finally:
        hosts.down(HOST)
    print("an engine up to date, on a host with systemd")
    print(f"  the play {whole:.2f} s, {whole - start.task:.2f} s without a task that does nothing")
    print(f"  the module's own part: {alone:.2f} s", flush=True)


def play_on(host: hosts.Host, folder: pathlib.Path) -> tuple[str, ...]:
    """A play with one task on the host, as a command."""
    inventory, book = folder / "engine-hosts.json", folder / "engine.yml"
    variables = {**host.variables(), "ansible_python_interpreter": "/usr/bin/python3"}
    inventory.write_text(json.dumps({"all": {"hosts": {host.name: variables}}}))
    tasks = [{"slipway.docker.engine": SETTINGS}]
    book.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": tasks}]))
    return ("ansible-playbook", "-i", str(inventory), str(book))


def module_run(host: hosts.Host, folder: pathlib.Path) -> float:
    """Seconds of the module alone, as the host runs it."""
    known = {name: spec.get("default") for name, spec in OPTIONS.items()}
    program = as_sent(folder, {**known, **SETTINGS}, "slipway.docker.engine")
    host.send(program, "/root/engine.py")
    took, _end, told = host.ssh(f'/usr/bin/python3 -c "{TIMED}"').stdout.partition("\n")
    result = json.loads(told)
    if result.get("failed") or result["changed"]:
        raise SystemExit(f"the engine was not up to date: {told}")
    return float(took)
