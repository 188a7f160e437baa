# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads Compose files on the controller, and has the host converge to what they say."""

from __future__ import annotations

import dataclasses
import os
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.compose import wanted as compose
from ansible_collections.slipway.docker.plugins.module_utils.compose.project import load
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import ALLOWED_BY_DEFAULT
from ansible_collections.slipway.docker.plugins.module_utils.options import (
    COMMON,
    CONNECTION,
    MANY,
)
from ansible_collections.slipway.docker.plugins.plugin_utils.cargo import Cargo
from ansible_collections.slipway.docker.plugins.plugin_utils.converging import ConvergingAction

SPEC: dict[str, t.Any] = {
    "files": {"type": "list", "elements": "str", "required": True},
    "name": {"type": "str"},
    "env_files": {"type": "list", "elements": "str"},
    "environment": {"type": "dict", "default": {}},
    "profiles": {"type": "list", "elements": "str", "default": []},
    "state": {"type": "str", "choices": ["present", "stopped", "absent"], "default": "present"},
    "volumes": {"type": "bool", "default": False},
    "orphans": MANY["orphans"],
    "pull": {"type": "str", "choices": ["always", "missing", "never"]},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 120},
    "directory": {"type": "str"},
    "in_place": {"type": "bool"},
    "workers": MANY["workers"],
    "on_failure": MANY["on_failure"],
}
STATE = "/var/lib/slipway/stacks"
Options = t.Mapping[str, t.Any]


class ActionModule(ConvergingAction):
    """A stack is one run of the module ``converge``."""

    def prepare(
        self, arguments: dict[str, t.Any], variables: t.Mapping[str, t.Any], cargo: Cargo
    ) -> tuple[str, dict[str, t.Any]]:
        """The resources of the project as arguments of ``converge``."""
        _result, options = self.validate_argument_spec(
            argument_spec={**SPEC, **CONNECTION, **COMMON}
        )
        project = self._load(options, variables)
        for warning in project.warnings:
            self._display.warning(warning)
        resources = compose.wanted(project, self._manner(options, project.name), cargo)
        passed = {name: arguments[name] for name in CONNECTION if name in arguments}
        self._project = project.name
        return "slipway.docker.converge", {
            **passed,
            "resources": [as_argument(resource) for resource in resources],
            "project": project.name,
            "orphans": "remove" if options["state"] == "absent" else options["orphans"],
            "consent": _consent(options),
            "lock_timeout": options["lock_timeout"],
            "workers": options["workers"],
            "on_failure": options["on_failure"],
        }

    def _finish(self, result: dict[str, t.Any]) -> dict[str, t.Any]:
        return {**super()._finish(result), "project": self._project}

    def _load(self, options: Options, variables: t.Mapping[str, t.Any]) -> t.Any:
        env_files = options["env_files"]
        return load(
            [self._find(path, variables) for path in options["files"]],
            working_dir=None,
            name=options["name"],
            environment={name: str(value) for name, value in options["environment"].items()},
            env_files=None
            if env_files is None
            else [self._find(path, variables) for path in env_files],
            profiles=options["profiles"],
            read=_read,
            strict=True,
        )

    def _find(self, path: str, variables: t.Mapping[str, t.Any]) -> str:
        places = [
            self._loader.get_basedir(),
            variables.get("playbook_dir"),
            variables.get("inventory_dir"),
            os.getcwd(),
        ]
        tried = [os.path.normpath(os.path.join(place, path)) for place in places if place]
        for candidate in tried:
            if os.path.exists(candidate):
                return candidate
        raise InputError(
            path,
            "no such file on the controller",
            "looked for {0}".format(", ".join(dict.fromkeys(tried))),
        )

    def _manner(self, options: Options, project: str) -> compose.Manner:
        in_place = options["in_place"]
        return compose.Manner(
            directory=options["directory"] or "{0}/{1}".format(STATE, project),
            state=options["state"],
            pull=options["pull"] or "",
            wait=options["wait"],
            wait_timeout=options["wait_timeout"],
            volumes=options["volumes"],
            in_place=self._connection.transport == "local" if in_place is None else in_place,
        )


def as_argument(resource: t.Any) -> dict[str, t.Any]:
    """A resource as plain data."""
    options = dict(resource.options)
    if "manifest" in options:
        options["manifest"] = {
            path: [entry.kind, entry.mode, entry.content]
            for path, entry in options["manifest"].items()
        }
    return {
        "kind": resource.kind,
        "name": resource.name,
        "state": resource.state,
        "fields": dict(resource.fields),
        "options": options,
        "needs": list(resource.needs),
        "fate": dataclasses.asdict(resource.fate),
    }


def _consent(options: Options) -> list[str]:
    consent = list(options["consent"] or ALLOWED_BY_DEFAULT)
    gives_data_up = options["state"] == "absent" and options["volumes"]
    return [*consent, "destroy"] if gives_data_up and "destroy" not in consent else consent


def _read(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()
