# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes down every plan that a play makes, so that a scenario can compare those of several plays."""

from __future__ import annotations

import json
import os
import typing as t
from pathlib import Path

from ansible import context
from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: plans
type: aggregate
short_description: Write down plans
description: One line of JSON a plan, in C(plans.jsonl) of the scenario's own directory.
"""


class CallbackModule(CallbackBase):  # type: ignore[misc]
    """A line is the run (by its process), its mode, the host, the plan, and who is to blame for it."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "plans"
    CALLBACK_NEEDS_ENABLED = True

    def v2_runner_on_ok(self, result: t.Any) -> None:
        """A task is done; a loop's plans were told item by item."""
        self._write(result)

    def v2_runner_item_on_ok(self, result: t.Any) -> None:
        """An item of a loop is done."""
        self._write(result)

    def _write(self, result: t.Any) -> None:
        if "plan" not in result.result:
            return
        line = {
            "run": os.getpid(),
            "check": bool(context.CLIARGS["check"]),
            "host": result.host.get_name(),
            **{name: result.result[name] for name in ("plan", "drift", "edits")},
        }
        path = Path(os.environ["MOLECULE_EPHEMERAL_DIRECTORY"]) / "plans.jsonl"
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
