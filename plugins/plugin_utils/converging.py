# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all converging modules need on the controller: content carried along, and what check mode has to remember."""

from __future__ import annotations

import os
import tempfile
import typing as t

from ansible import constants
from ansible.plugins.action import ActionBase

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import SlipwayError
from ansible_collections.slipway.docker.plugins.plugin_utils import without_python
from ansible_collections.slipway.docker.plugins.plugin_utils.cargo import Cargo
from ansible_collections.slipway.docker.plugins.plugin_utils.remembered import (
    EXPECTED,
    SAVED,
    TOLD,
    Remembered,
)
from ansible_collections.slipway.docker.plugins.plugin_utils.saved_plans import find, numbered

DISTRIBUTIONS_PYTHON = "/usr/bin/python3"


def with_interpreter(variables: dict[str, t.Any]) -> dict[str, t.Any]:
    """The variables, with the distribution's Python where users leave the choice to Ansible.

    Ansible takes the newest Python that it finds, but the Docker SDK is a package of the distribution's own.
    """
    chosen = constants.config.get_config_value("INTERPRETER_PYTHON", variables=variables)
    if not str(chosen).startswith("auto"):
        return variables
    return {**variables, "ansible_python_interpreter": DISTRIBUTIONS_PYTHON}


class ConvergingAction(ActionBase):  # type: ignore[misc]
    """Runs a converging module once, or twice where its plan needs content from the controller."""

    def run(
        self, tmp: str | None = None, task_vars: dict[str, t.Any] | None = None
    ) -> dict[str, t.Any]:
        """The module's result."""
        super().run(tmp, task_vars)
        variables = task_vars or {}
        cargo = Cargo()
        self._remembered = Remembered(self._task._uuid, variables)
        try:
            name, arguments = self.prepare(dict(self._task.args), variables, cargo)
            self._title = self._titled(arguments)
            saved = self._remembered.recall(SAVED)
            if saved is not None:
                arguments["_saved"] = find(saved, self._title)
        except SlipwayError as error:
            return {"failed": True, "msg": str(error)}
        arguments["_expected"] = self._expected()
        try:
            return self._finish(self._converge(name, arguments, variables, cargo))
        except SlipwayError as error:
            return {"failed": True, "msg": str(error)}

    def prepare(
        self, arguments: dict[str, t.Any], variables: t.Mapping[str, t.Any], cargo: Cargo
    ) -> tuple[str, dict[str, t.Any]]:
        """The module to run and its arguments; what it may need from the controller goes into `cargo`."""
        return str(self._task.resolved_action or self._task.action), arguments

    def look_before_sending(self) -> None:
        """A look at what the plan needs from the controller, also in check mode; it may refuse."""

    def _converge(
        self, name: str, arguments: dict[str, t.Any], variables: dict[str, t.Any], cargo: Cargo
    ) -> dict[str, t.Any]:
        result = self._module(name, arguments, variables)
        lacking = result.get("_lacking")
        if not lacking or result.get("failed"):
            return result
        self.look_before_sending()
        if not self._task.check_mode:
            result = self._module(
                name, {**arguments, "_parcels": self._send(cargo, lacking)}, variables
            )
        return result

    def _module(
        self, name: str, arguments: dict[str, t.Any], variables: dict[str, t.Any]
    ) -> dict[str, t.Any]:
        if self._task.check_mode and without_python.description(variables):
            return without_python.run_here(self, name, arguments, variables)
        result: dict[str, t.Any] = self._execute_module(
            module_name=name, module_args=arguments, task_vars=with_interpreter(variables)
        )
        return result

    def _send(self, cargo: Cargo, digests: t.Sequence[str]) -> str:
        """Bring the parcels to the host in one archive; returns its path there."""
        if self._connection._shell.tmpdir is None:
            self._make_tmp_path()
        with tempfile.TemporaryDirectory() as directory:
            local = os.path.join(directory, "parcels.tar")
            cargo.pack(digests, local)
            remote: str = self._transfer_file(
                local,
                self._connection._shell.join_path(self._connection._shell.tmpdir, "parcels.tar"),
            )
        self._fixup_perms2((self._connection._shell.tmpdir, remote))
        return remote

    def _titled(self, arguments: t.Mapping[str, t.Any]) -> str:
        """How this module run is spoken of, told apart from others of this play on the same host."""
        subject = arguments.get("project") or arguments.get("name") or ""
        title = "{0} {1}".format(self._task.resolved_action or self._task.action, subject).strip()
        return numbered(title, [each["title"] for each in self._remembered.recall(TOLD) or []])

    def _expected(self) -> list[str]:
        return list(self._remembered.recall(EXPECTED) or []) if self._task.check_mode else []

    def _finish(self, result: dict[str, t.Any]) -> dict[str, t.Any]:
        result.pop("_lacking", None)
        coming, fingerprints = result.pop("_coming", []), result.pop("_fingerprints", {})
        facts: dict[str, t.Any] = {}
        if self._task.check_mode and coming:
            facts.update(self._remembered.keep(EXPECTED, sorted({*self._expected(), *coming})))
        if self._task.check_mode or self._remembered.recall(SAVED) is not None:
            facts.update(self._tell(result, fingerprints))
        if facts:
            result["ansible_facts"] = facts
        result.pop("invocation", None)
        return result

    def _tell(
        self, result: t.Mapping[str, t.Any], fingerprints: t.Mapping[str, str]
    ) -> dict[str, t.Any]:
        if "plan" not in result:
            return {}
        told = {name: result.get(name, []) for name in ("plan", "drift", "edits")}
        mine = {"title": self._title, **told, "fingerprints": fingerprints}
        return self._remembered.keep(TOLD, [*(self._remembered.recall(TOLD) or []), mine])
