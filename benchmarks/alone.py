# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module alone, as a host runs it, without Ansible's part."""

from __future__ import annotations

import json
import pathlib
import resource
import subprocess
import sys
import time
import typing as t

from ansible_collections.slipway.docker.plugins.action.stack import as_argument
from ansible_collections.slipway.docker.plugins.module_utils.compose import wanted
from ansible_collections.slipway.docker.plugins.module_utils.compose.project import load
from ansible_collections.slipway.docker.plugins.plugin_utils.cargo import Cargo
from benchmarks.ground import ENVIRONMENT


def as_sent(
    folder: pathlib.Path, arguments: dict[str, t.Any], module: str = "slipway.docker.converge"
) -> pathlib.Path:
    """Our module as Ansible sends it to a host."""
    program = folder / "module.py"
    script = str(pathlib.Path(__file__).with_name("as_sent.py"))
    subprocess.run(
        [sys.executable, script, module, str(program)],
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
