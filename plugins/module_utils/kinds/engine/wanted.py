# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine that a module's options declare, and what is told of the one there is."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.kind import read
from ansible_collections.slipway.docker.plugins.module_utils.core.report import Report
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Resource
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import (
    ENGINE,
    environment,
    members,
    packages,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.facts import (
    DOCKER,
    EngineFacts,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.observe import (
    look_at_engine,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.refusals import check_keys
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.service import (
    SYSTEMD,
    has_systemd,
)

OPTIONS: dict[str, t.Any] = {
    "state": {"type": "str", "default": "present", "choices": list(ENGINE.states)},
    "source": {"type": "str", "default": "distro", "choices": list(packages.NAMES)},
    "archive": {
        "type": "dict",
        "options": {
            "file": {"type": "str"},
            "remote": {"type": "bool", "default": False},
            "url": {"type": "str"},
            "checksum": {"type": "str", "required": True},
        },
    },
    # What the action plugin found of the archive on the controller.
    "_parcel": {"type": "str", "default": ""},
    "packages": {"type": "list", "elements": "str", "default": []},
    "sdk": {"type": "bool", "default": True},
    "config": {"type": "dict", "default": {}},
    "log_rotation": {"type": "dict", "default": {}},
    "environment": {"type": "dict", "default": {}},
    "proxies": {
        "type": "dict",
        "default": {},
        "options": {name: {"type": "str"} for name in environment.PROXIES},
    },
    "users": {"type": "list", "elements": "str", "default": []},
    "wait_timeout": {"type": "int", "default": 60},
    "remove_data": {"type": "bool", "default": False},
}
SETTLED = ("state", "source", "config", "log_rotation", "environment", "proxies")
LOGGING = {"log-driver", "log-opts"}


def engine(options: t.Mapping[str, t.Any]) -> Resource:
    """The engine of a host, as the options of its module say; what is to go has no settings."""
    is_wanted = options["state"] != "absent"
    declared = settings(options["config"], options["log_rotation"]) if is_wanted else {}
    check_keys(declared)
    fields = read(ENGINE, "engine docker.config", declared)
    fields["source"] = options["source"]
    if is_wanted:
        fields.update(read(ENGINE, "engine docker", of_parts(options)))
    rest = {name: options[name] for name in OPTIONS if name not in SETTLED}
    return Resource("engine", DOCKER, options["state"], fields, rest)


def of_parts(options: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """What stands in files of ours, by its field."""
    variables = environment.declared(options["environment"], options["proxies"])
    return {environment.FIELD.name: variables or None, **members.declared(options)}


def settings(config: t.Mapping[str, t.Any], rotation: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """The keys of daemon.json: the user's, and rotated logs unless one of them is about logs."""
    if rotation and not LOGGING & set(config):
        return {"log-driver": "json-file", "log-opts": rotation, **config}
    return dict(config)


def seen(outside: t.Any, report: Report) -> EngineFacts:
    """The engine after a run; where nothing was done, as it was found."""
    found = report.requests[0][1].found
    if found is not None and not report.outcomes:
        known: EngineFacts = found.facts["seen"]
        return known
    return look_at_engine(outside, has_systemd(outside))


def told(facts: EngineFacts) -> dict[str, t.Any]:
    """What a module returns of an engine."""
    info, version = facts.info, facts.version
    return {
        "running": facts.runs,
        "manager": facts.service.manager,
        "enabled": facts.service.manager == SYSTEMD and facts.service.is_enabled,
        "version": version.get("Version", ""),
        "api_version": version.get("ApiVersion", ""),
        "storage_driver": info.get("Driver", ""),
        "cgroup_driver": info.get("CgroupDriver", ""),
        "cgroup_version": info.get("CgroupVersion", ""),
        "security_options": info.get("SecurityOptions") or [],
        "data_root": facts.data_root,
        "live_restore": bool(info.get("LiveRestoreEnabled")),
        "containers": list(facts.containers),
        "warnings": info.get("Warnings") or [],
    }
