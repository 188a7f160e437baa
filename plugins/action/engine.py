# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module `engine`, with the certificate of its remote API, which only the controller can issue."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import SlipwayError
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.certificate import PARCEL
from ansible_collections.slipway.docker.plugins.plugin_utils.cargo import Cargo
from ansible_collections.slipway.docker.plugins.plugin_utils.converging import ConvergingAction
from ansible_collections.slipway.docker.plugins.plugin_utils.remote_access import (
    RemoteAccess,
    read,
)

Arguments = t.Dict[str, t.Any]


class ActionModule(ConvergingAction):
    """A certificate is issued when the module's plan asks for one; nothing else is done here."""

    _access: RemoteAccess | None = None

    def run(self, tmp: str | None = None, task_vars: Arguments | None = None) -> Arguments:
        """The module's result."""
        try:
            return super().run(tmp, task_vars)
        except (SlipwayError, OSError) as error:
            return {"failed": True, "msg": str(error)}

    def prepare(
        self, arguments: Arguments, variables: t.Mapping[str, t.Any], cargo: Cargo
    ) -> tuple[str, Arguments]:
        """The module's arguments, with the certificate that the host is to have."""
        name, arguments = super().prepare(arguments, variables, cargo)
        if arguments.get("remote_api") is not None and arguments.get("state") != "absent":
            self._access = access = self._reached(arguments["remote_api"], variables)
            arguments["_certificate"] = access.certificate
            cargo.made(PARCEL, access.issue)
        return name, arguments

    def _reached(self, given: t.Any, variables: t.Mapping[str, t.Any]) -> RemoteAccess:
        options = read(given)
        host = str(self._task.delegate_to or variables["inventory_hostname"])
        known_as = [host, str(self._play_context.remote_addr or host)]
        return RemoteAccess(options, host, known_as, self._loader.path_dwim(options["ca"]))

    def _finish(self, result: Arguments) -> Arguments:
        result = super()._finish(result)
        if self._access is None or result.get("failed"):
            return result
        done = self._access.equip(self._task.check_mode)
        return {
            **result,
            "changed": bool(done) or result.get("changed", False),
            "controller": done,
            "remote_api": self._access.told(),
            "diff": [*result.get("diff", []), *_printed(done)],
        }


def _printed(lines: t.Sequence[str]) -> list[dict[str, str]]:
    text = "".join("  {0}\n".format(line) for line in lines)
    return [{"prepared": "on the controller:\n" + text}] if lines else []
