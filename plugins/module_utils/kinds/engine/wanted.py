# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine that a module's options declare, and what is told of the one there is."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.core.kind import read
from ansible_collections.slipway.docker.plugins.module_utils.core.report import Report
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Resource
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import (
    ENGINE,
    certificate,
    environment,
    members,
    packages,
    remote_api,
    repository,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.costs import RESTARTS
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.facts import (
    DOCKER,
    EngineFacts,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.fields import RELOADED
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.keys import check_keys
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.observe import (
    look_at_engine,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.ports import policy
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.service import (
    SYSTEMD,
    has_systemd,
)

REMOTE_API: dict[str, t.Any] = {
    "address": {"type": "str", "default": remote_api.ANYWHERE},
    "port": {"type": "int", "default": remote_api.PORT},
    "names": {"type": "list", "elements": "str", "default": []},
    "ca": {"type": "path", "default": "~/.slipway/ca"},
    "valid_days": {"type": "int", "default": 365},
    "renew_before_days": {"type": "int", "default": 30},
    "clients": {"type": "list", "elements": "str", "default": []},
}
OPTIONS: dict[str, t.Any] = {
    "state": {"type": "str", "default": "present", "choices": list(ENGINE.states)},
    "source": {"type": "str", "default": "distro", "choices": list(packages.NAMES)},
    "repository": {"type": "dict", "options": repository.SUBOPTIONS},
    "version": {"type": "raw"},
    "hold": {"type": "bool"},
    "replace": {"type": "bool", "default": False},
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
    "kernel_modules": {"type": "list", "elements": "str", "default": []},
    "sysctls": {"type": "dict", "default": {}},
    "published_ports": {
        "type": "dict",
        "default": {},
        "options": {
            "default": {"type": "str", "choices": list(policy.DEFAULTS)},
            "interfaces": {"type": "list", "elements": "str"},
            "allow": {
                "type": "list",
                "elements": "dict",
                "options": {
                    "ports": {"type": "list", "elements": "str", "required": True},
                    "from": {"type": "list", "elements": "str"},
                },
            },
        },
    },
    "remote_api": {"type": "dict", "options": REMOTE_API},
    "_certificate": {"type": "str", "default": ""},
    "users": {"type": "list", "elements": "str", "default": []},
    "restart": {"type": "str", "default": RESTARTS[0], "choices": list(RESTARTS)},
    "wait_timeout": {"type": "int", "default": 60},
    "remove_data": {"type": "bool", "default": False},
}
PARTS = ("kernel_modules", "sysctls", "published_ports")
SETTLED = (
    "state",
    "source",
    "version",
    "config",
    "log_rotation",
    "environment",
    "proxies",
    *PARTS,
    "remote_api",
    "_certificate",
)
LOGGING = {"log-driver", "log-opts"}


def engine(options: t.Mapping[str, t.Any]) -> Resource:
    """The engine of a host, as the options of its module say; what is to go has no settings."""
    is_wanted = options["state"] != "absent"
    declared = settings(options) if is_wanted else {}
    check_keys(declared)
    fields = read(ENGINE, "engine docker.config", declared)
    fields["source"] = options["source"]
    if is_wanted:
        fields.update(read(ENGINE, "engine docker", of_parts(options)))
    is_versioned = is_wanted and options["version"] not in (None, "")
    if is_versioned:
        fields.update(read(ENGINE, "engine docker", {"version": options["version"]}))
    rest = {name: options[name] for name in OPTIONS if name not in SETTLED}
    rest["hold"] = is_versioned if options["hold"] is None else options["hold"]
    rest["repository"] = repository.completed(options["repository"])
    return Resource("engine", DOCKER, options["state"], fields, rest)


def of_parts(options: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """What stands in files of ours, by its field."""
    variables = environment.declared(options["environment"], options["proxies"])
    listening = options["remote_api"]
    given = {**{name: options[name] for name in PARTS}, policy.FIELD.name: _ports(options)}
    return {
        environment.FIELD.name: variables or None,
        **{name: said or None for name, said in given.items()},
        remote_api.NAME: listening,
        certificate.NAME: options["_certificate"] if listening is not None else None,
        **members.declared(options),
    }


def settings(options: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """The keys of daemon.json: the user's, and what other options mean where these don't say."""
    config, rotation = options["config"], options["log_rotation"]
    logs = {"log-driver": "json-file", "log-opts": rotation}
    return {
        **(logs if rotation and not LOGGING & set(config) else {}),
        # It would take connections past every rule: those by IPv6, and all after a flush.
        **({"userland-proxy": False} if _ports(options) else {}),
        **config,
    }


def _ports(options: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    given = options["published_ports"]
    return {name: said for name, said in given.items() if said is not None}


def seen(outside: t.Any, report: Report) -> EngineFacts:
    """The engine after a run; where nothing was done, as it was found."""
    found = report.requests[0][1].found
    if found is not None and not report.outcomes:
        known: EngineFacts = found.facts["seen"]
        return known
    return look_at_engine(outside, has_systemd(outside))


def look(outside: t.Any) -> dict[str, t.Any]:
    """What a module that only looks returns."""
    try:
        return {"engine": told(look_at_engine(outside, has_systemd(outside)))}
    except PermissionError as error:
        raise InputError(
            str(error.filename),
            "{0!r} may not read it".format(outside.machine.user),
            "add become: true to the play, or log in as root",
        ) from error


def told(facts: EngineFacts) -> dict[str, t.Any]:
    """What a module returns of an engine."""
    info, version = facts.info, facts.version
    is_restored = bool(info.get("LiveRestoreEnabled"))
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
        "live_restore": is_restored,
        "containers": list(facts.containers),
        "would_stop": [] if is_restored else list(facts.containers),
        "reloadable": sorted(RELOADED),
        "warnings": info.get("Warnings") or [],
    }
