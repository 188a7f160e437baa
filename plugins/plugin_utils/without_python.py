# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check mode on a host without Python: the module runs here, with what bootstrap saw there."""

from __future__ import annotations

import sys
import typing as t

from ansible.plugins.loader import connection_loader

SEEN = "slipway_bootstrap_result"
MISSING = "SLIPWAY missing"


def description(variables: t.Mapping[str, t.Any]) -> list[str]:
    """What the role bootstrap told of a host that has no Python; nothing of any other."""
    seen = variables.get(SEEN) or {}
    lines = list(seen.get("stdout_lines") or ())
    return lines[1:] if lines and lines[0].strip() == MISSING else []


def run_here(
    action: t.Any, name: str, arguments: t.Mapping[str, t.Any], variables: t.Mapping[str, t.Any]
) -> dict[str, t.Any]:
    """Run a module on the controller; it sees the described host and nothing else."""
    there = action._connection
    action._connection = connection_loader.get("ansible.builtin.local", action._play_context)
    here = {**variables, "ansible_python_interpreter": sys.executable}
    described = {**arguments, "_without_python": description(variables)}
    try:
        result: dict[str, t.Any] = action._execute_module(
            module_name=name, module_args=described, task_vars=here
        )
        return result
    finally:
        action._connection = there
