# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the plans that a run in check mode has made, and reads them for a run that is held to them."""

from __future__ import annotations

import json
import os
import typing as t

from ansible.plugins.action import ActionBase

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import SlipwayError
from ansible_collections.slipway.docker.plugins.plugin_utils.remembered import (
    SAVED,
    TOLD,
    Remembered,
)
from ansible_collections.slipway.docker.plugins.plugin_utils.saved_plans import Shelf, printed

SPEC: dict[str, t.Any] = {
    "directory": {"type": "str", "required": True},
    "state": {"type": "str", "choices": ["saved", "taken", "absent"], "default": "saved"},
}
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class ActionModule(ActionBase):  # type: ignore[misc]
    """Everything happens on the controller; the host isn't asked."""

    TRANSFERS_FILES = False

    def run(
        self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None
    ) -> dict[str, t.Any]:
        """What became of the host's plan."""
        super().run(tmp, task_vars)
        variables = task_vars or {}
        _result, options = self.validate_argument_spec(argument_spec=SPEC)
        host = str(variables["inventory_hostname"])
        remembered = Remembered(self._task._uuid, variables)
        try:
            shelf = Shelf(options["directory"])
            done: dict[str, t.Any] = getattr(self, "_" + options["state"])(shelf, host, remembered)
            return done
        except SlipwayError as error:
            return {"failed": True, "msg": str(error)}
        except OSError as error:
            return {"failed": True, "msg": "{0}: {1}".format(options["directory"], error)}

    def _saved(self, shelf: Shelf, host: str, remembered: Remembered) -> dict[str, t.Any]:
        runs = remembered.recall(TOLD) or []
        shelf.save(host, self._address(), version(), runs)
        # Shown without -v, as a debug task's message is: a plan is saved to be read.
        told = {"msg": printed(runs).splitlines(), "_ansible_verbose_always": True}
        return {"path": shelf.path(host), **told}

    def _taken(self, shelf: Shelf, host: str, remembered: Remembered) -> dict[str, t.Any]:
        runs = shelf.load(host, self._address())
        facts = {**remembered.keep(SAVED, runs), **remembered.keep(TOLD, [])}
        return {"path": shelf.path(host), "ansible_facts": facts}

    def _absent(self, shelf: Shelf, host: str, remembered: Remembered) -> dict[str, t.Any]:
        shelf.drop(host)
        return {"path": shelf.path(host), "ansible_facts": remembered.keep(TOLD, [])}

    def _address(self) -> str:
        context = self._play_context
        return "{0}:{1}".format(context.remote_addr, context.port or 22)


def version() -> str:
    """The version of this collection, as it was installed or as it lies in a checkout."""
    try:
        with open(os.path.join(ROOT, "MANIFEST.json"), encoding="utf-8") as file:
            return str(json.load(file)["collection_info"]["version"])
    except OSError:
        with open(os.path.join(ROOT, "galaxy.yml"), encoding="utf-8") as file:
            lines = [line.partition(":") for line in file]
    return next(value.strip() for name, _colon, value in lines if name == "version")
