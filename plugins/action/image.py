# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module of the same name, with what an image is made of on the controller."""

from __future__ import annotations

import os
import typing as t

from ansible.errors import AnsibleError

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.outside import archives
from ansible_collections.slipway.docker.plugins.plugin_utils.cargo import Cargo
from ansible_collections.slipway.docker.plugins.plugin_utils.converging import ConvergingAction

Arguments = t.Dict[str, t.Any]


class ActionModule(ConvergingAction):
    """A build context or an archive on the controller is carried along when the plan needs it."""

    def prepare(
        self, arguments: Arguments, variables: t.Mapping[str, t.Any], cargo: Cargo
    ) -> tuple[str, Arguments]:
        """The module's arguments, with what its source turned out to hold."""
        name, arguments = super().prepare(arguments, variables, cargo)
        if (
            arguments.get("source_on", "controller") == "controller"
            and arguments.get("state") != "absent"
        ):
            arguments["_source"] = self._read(arguments, cargo)
        return name, arguments

    def _read(self, arguments: Arguments, cargo: Cargo) -> Arguments | None:
        build = arguments.get("build")
        if isinstance(build, dict):
            directory = self._find(
                build.get("context") or build.get("path") or ".", "build.context"
            )
            return {"recipe": cargo.context({**build, "context": directory})["recipe"]}
        if arguments.get("load"):
            path = self._find(arguments["load"], "load")
            return {"archive": path, **archives.read(path), "parcel": cargo.file(path)[0]}
        if arguments.get("import"):
            path = self._find(arguments["import"], "import")
            digest, entries = cargo.file(path)
            return {
                "archive": path,
                "digest": entries[os.path.basename(path)].content,
                "parcel": digest,
            }
        return None

    def _find(self, path: str, option: str) -> str:
        try:
            found: str = self._find_needle("files", path)
        except AnsibleError:
            raise InputError(
                option,
                "no {0!r} on the controller".format(path),
                "looked for beside the playbook or role; for the host, set source_on: host",
            ) from None
        return found
