# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module `engine`, with what only the controller has: a certificate, an archive."""

from __future__ import annotations

import typing as t

from ansible.errors import AnsibleError
from ansible.module_utils.parsing.convert_bool import boolean

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import (
    InputError,
    SlipwayError,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.certificate import PARCEL
from ansible_collections.slipway.docker.plugins.module_utils.outside.trees import file_digest
from ansible_collections.slipway.docker.plugins.plugin_utils.cargo import Cargo
from ansible_collections.slipway.docker.plugins.plugin_utils.converging import ConvergingAction
from ansible_collections.slipway.docker.plugins.plugin_utils.remote_access import (
    RemoteAccess,
    read,
)

WHERE = "engine docker.archive"
Arguments = t.Dict[str, t.Any]


class ActionModule(ConvergingAction):
    """A certificate is issued, and an archive read and carried along, when the plan asks for it."""

    _access: RemoteAccess | None = None
    _archive = ("", "")

    def run(self, tmp: str | None = None, task_vars: Arguments | None = None) -> Arguments:
        """The module's result."""
        try:
            return super().run(tmp, task_vars)
        except (SlipwayError, OSError) as error:
            return {"failed": True, "msg": str(error)}

    def prepare(
        self, arguments: Arguments, variables: t.Mapping[str, t.Any], cargo: Cargo
    ) -> tuple[str, Arguments]:
        """The module's arguments, with the certificate and the archive that the host is to have."""
        name, arguments = super().prepare(arguments, variables, cargo)
        if arguments.get("state") == "absent":
            return name, arguments
        if arguments.get("remote_api") is not None:
            self._access = access = self._reached(arguments["remote_api"], variables)
            arguments["_certificate"] = access.certificate
            cargo.made(PARCEL, access.issue)
        given = arguments.get("archive")
        if isinstance(given, dict) and _lies_here(given):
            digest = str(given.get("checksum")).partition(":")[2]
            self._archive = (self._find(given["file"]), digest)
            arguments["_parcel"] = cargo.declared(*self._archive)
        return name, arguments

    def look_before_sending(self) -> None:
        """Refuse an archive that isn't the one that is declared."""
        path, declared = self._archive
        if not path:
            return
        try:
            found = file_digest(path)
        except OSError as error:
            raise InputError(path, "can't be read ({0})".format(error.strerror)) from None
        if found != declared:
            problem = "its digest is sha256:{0}, and sha256:{1} is declared"
            hint = "nothing was touched; get it anew, or correct the checksum"
            raise InputError(path, problem.format(found, declared), hint)

    def _reached(self, given: t.Any, variables: t.Mapping[str, t.Any]) -> RemoteAccess:
        options = read(given)
        host = str(self._task.delegate_to or variables["inventory_hostname"])
        known_as = [host, str(self._play_context.remote_addr or host)]
        return RemoteAccess(options, host, known_as, self._loader.path_dwim(options["ca"]))

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


def _lies_here(given: t.Mapping[str, t.Any]) -> bool:
    return bool(given.get("file")) and not boolean(given.get("remote") or False)


def _printed(lines: t.Sequence[str]) -> list[dict[str, str]]:
    text = "".join("  {0}\n".format(line) for line in lines)
    return [{"prepared": "on the controller:\n" + text}] if lines else []
