# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module of the same name, with the engine's archive where that lies on the controller."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleError
from ansible.module_utils.parsing.convert_bool import boolean

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.outside.trees import file_digest
from ansible_collections.slipway.docker.plugins.plugin_utils.cargo import Cargo
from ansible_collections.slipway.docker.plugins.plugin_utils.converging import ConvergingAction

WHERE = "engine docker.archive"
Arguments = t.Dict[str, t.Any]


class ActionModule(ConvergingAction):
    """An archive is carried along when the plan needs it, and read only then."""

    _archive = ("", "")

    def prepare(
        self, arguments: Arguments, variables: t.Mapping[str, t.Any], cargo: Cargo
    ) -> tuple[str, Arguments]:
        """The module's arguments, with the parcel that the archive is."""
        name, arguments = super().prepare(arguments, variables, cargo)
        given = arguments.get("archive")
        is_wanted = arguments.get("state") != "absent"
        if is_wanted and isinstance(given, dict) and _lies_here(given):
            digest = str(given.get("checksum")).partition(":")[2]
            self._archive = (self._find(given["file"]), digest)
            arguments["_parcel"] = cargo.declared(*self._archive)
        return name, arguments

    def look_before_sending(self) -> None:
        """Refuse an archive that isn't the one that is declared."""
        path, declared = self._archive
        try:
            found = file_digest(path)
        except OSError as error:
            raise InputError(path, "can't be read ({0})".format(error.strerror)) from None
        if found != declared:
            problem = "its digest is sha256:{0}, and sha256:{1} is declared"
            hint = "nothing was touched; get it anew, or correct the checksum"
            raise InputError(path, problem.format(found, declared), hint)

    def _find(self, path: str) -> str:
        try:
            found: str = self._find_needle("files", path)
        except AnsibleError:
            raise InputError(
                WHERE + ".file",
                "no {0!r} on the controller".format(path),
                "looked for beside the playbook or role; for the host, set remote to true",
            ) from None
        return found


def _lies_here(given: t.Mapping[str, t.Any]) -> bool:
    return bool(given.get("file")) and not boolean(given.get("remote") or False)
