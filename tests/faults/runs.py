# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs of the module as Ansible makes them, each a process of its own that can be killed.

The processes are forks of one that has imported everything, so that thousands of runs take minutes.
"""

from __future__ import annotations

import dataclasses
import json
import os
import pathlib
import signal
import sys
import tempfile
import time
import traceback
import typing as t

from ansible.module_utils import basic

from ansible_collections.slipway.docker.plugins.modules import converge
from tests.faults.proxy import ENGINE, Fault, Proxy

Arguments = t.Mapping[str, t.Any]
# Seconds after which a run is dead, whatever it waits for.
PATIENCE = 300


@dataclasses.dataclass(frozen=True)
class Ran:
    """How a run ended: the signal that killed it (or 0), what it returned, its changing calls."""

    killed_by: int
    result: t.Mapping[str, t.Any]
    calls: tuple[str, ...]
    seconds: float

    @property
    def plan(self) -> list[str]:
        return list(self.result.get("plan", ()))

    @property
    def message(self) -> str:
        """Why it failed; empty where it went well."""
        return str(self.result.get("msg", ""))


def run(
    arguments: Arguments,
    fault: t.Callable[[int], Fault] = lambda process: Fault(),
    engine: str = ENGINE,
) -> Ran:
    """One run; `fault` makes the fault for its process, whose number it is given."""
    with tempfile.TemporaryDirectory() as place:
        socket, out = pathlib.Path(place) / "proxy.sock", pathlib.Path(place) / "out"
        proxy = Proxy(str(socket), engine)
        begun = time.monotonic()
        process = _begin({**arguments, "docker_host": f"unix://{socket}"}, out)
        made = fault(process)
        proxy.open(made)
        status = os.waitpid(process, 0)[1]
        seconds = time.monotonic() - begun
        made.over()
        proxy.close()
        killed_by = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        told = "{}" if killed_by else out.read_text()
    return Ran(killed_by, json.loads(told), tuple(proxy.calls), seconds)


def at_once(many: t.Sequence[Arguments]) -> list[t.Mapping[str, t.Any]]:
    """What runs return that are begun at the same moment, with nothing between them and the engine."""
    with tempfile.TemporaryDirectory() as place:
        outs = [pathlib.Path(place) / str(number) for number in range(len(many))]
        processes = [_begin(arguments, out) for arguments, out in zip(many, outs)]
        for process in processes:
            os.waitpid(process, 0)
        return [json.loads(out.read_text()) for out in outs]


def _begin(arguments: Arguments, out: pathlib.Path) -> int:
    """A process that is the module; no thread but this one may live meanwhile."""
    process = os.fork()
    if process == 0:
        _become_module(arguments, out)
    return process


def _become_module(arguments: Arguments, out: pathlib.Path) -> t.NoReturn:
    """Do what the module's process does, from its arguments to its answer."""
    status = 1
    try:
        signal.alarm(PATIENCE)
        sys.stdout = out.open("w")
        given = {"ANSIBLE_MODULE_ARGS": {**arguments, "_ansible_remote_tmp": str(out.parent)}}
        basic._ANSIBLE_ARGS = json.dumps(given).encode()
        basic._ANSIBLE_PROFILE = "legacy"
        converge.main()
    except SystemExit as end:
        status = int(end.code or 0)
    except BaseException:
        traceback.print_exc(file=sys.stdout)
    finally:
        sys.stdout.flush()
        os._exit(status)
