# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our models as the reference prints them in JSON: zeros left out, empty structures added."""

from __future__ import annotations

import struct
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.compose.tree import (
    Branch,
    rewrite,
    section,
    table,
)

NOTHING: Branch[str] = Branch()
UPDATES = ("deploy.update_config.", "deploy.rollback_config.")

VERBATIM = [
    "annotations",
    "build.additional_contexts",
    "build.args",
    "build.labels",
    "command",
    "deploy.labels",
    "entrypoint",
    "environment",
    "labels",
    "logging.options",
    "networks.*.driver_opts",
    "storage_opt",
    "sysctls",
    "post_start.*.environment",
    "pre_start.*.environment",
    "pre_stop.*.environment",
    "build.ssh",
    "build.ulimits.*",
    "ulimits.*",
    "provider.options",
]
KEPT = [
    "attach",
    "blkio_config",
    "build",
    "credential_spec",
    "deploy",
    "deploy.replicas",
    "deploy.resources.limits",
    "deploy.resources.reservations",
    "deploy.restart_policy",
    "deploy.restart_policy.delay",
    "deploy.restart_policy.max_attempts",
    "deploy.restart_policy.window",
    "deploy.update_config",
    "deploy.rollback_config",
    "deploy.update_config.parallelism",
    "deploy.rollback_config.parallelism",
    "depends_on.*",
    "depends_on.*.required",
    "develop",
    "env_file.*",
    "healthcheck",
    "healthcheck.interval",
    "healthcheck.retries",
    "healthcheck.start_interval",
    "healthcheck.start_period",
    "healthcheck.timeout",
    "init",
    "logging",
    "scale",
    "stop_grace_period",
    "volumes.*.bind",
    "volumes.*.image",
    "volumes.*.tmpfs",
    "volumes.*.volume",
    "configs.*.mode",
    "secrets.*.mode",
    "build.secrets.*.mode",
    "env_file.*.required",
    "volumes.*.bind.create_host_path",
    "deploy.resources.reservations.generic_resources.*.discrete_resource_spec.kind",
    "deploy.resources.reservations.generic_resources.*.discrete_resource_spec.value",
]
RULES: Branch[str] = table(
    {
        **{"services.*." + path: "verbatim" for path in VERBATIM},
        **{"services.*." + path: "kept" for path in KEPT},
        **{
            part + ".*": "nullable"
            for part in ("services", "networks", "volumes", "secrets", "configs")
        },
        **{"networks.*." + key: "kept" for key in ("enable_ipv4", "enable_ipv6")},
        **{"services.*." + key: "nullable" for key in ("models.*", "networks.*")},
        **{
            "networks.*." + key: "verbatim"
            for key in ("labels", "driver_opts", "ipam.options", "ipam.config.*.aux_addresses")
        },
        **{
            part + ".*." + key: "verbatim"
            for part in ("volumes", "secrets", "configs")
            for key in ("labels", "driver_opts")
        },
    }
)


def _bytes(value: t.Any) -> t.Any:
    return str(value)


def _without_default(value: t.Any, key: str) -> t.Any:
    return {name: member for name, member in value.items() if name != key or member is not True}


def _service(value: t.Any) -> t.Any:
    return {"command": None, "entrypoint": None, **value}


def _single(value: t.Any) -> t.Any:
    """A number of single precision, in its shortest decimal form."""
    packed = struct.unpack("f", struct.pack("f", value))[0]
    return next(
        float(text)
        for text in ("{0:.{1}g}".format(packed, digits) for digits in range(1, 10))
        if struct.unpack("f", struct.pack("f", float(text)))[0] == packed
    )


def _rates(value: t.Any) -> t.Any:
    return [
        {key.capitalize(): str(member) if key == "rate" else member for key, member in one.items()}
        for one in value
    ]


SIZES = [
    "mem_limit",
    "mem_reservation",
    "memswap_limit",
    "mem_swappiness",
    "shm_size",
    "build.shm_size",
    "volumes.*.tmpfs.size",
    "deploy.resources.limits.memory",
    "deploy.resources.reservations.memory",
]
SINGLES = [
    "cpus",
    "cpu_percent",
    "deploy.resources.limits.cpus",
    "deploy.resources.reservations.cpus",
    "deploy.update_config.max_failure_ratio",
    "deploy.rollback_config.max_failure_ratio",
]
SPELT: t.Any = table(
    {
        **{"services.*." + path: _single for path in SINGLES},
        "services.*.volumes.*.tmpfs.mode": lambda value: int(value, 8),
        **{"services.*." + path: _bytes for path in SIZES},
        "services.*": _service,
        "services.*.volumes.*.bind": lambda value: _without_default(value, "create_host_path"),
        "services.*.env_file.*": lambda value: _without_default(value, "required"),
        "services.*.deploy": lambda value: {"placement": {}, "resources": {}, **value},
        "services.*.build.ssh": lambda value: [
            "{0}: {1}".format(name, path) if path else name for name, path in value.items()
        ],
        "services.*.develop.watch.*": lambda value: {"exec": {}, **value},
        "services.*.develop.watch.*.exec": lambda value: {"command": None, **value},
        "services.*.pre_start.*": lambda value: {"command": None, **value},
        "services.*.extra_hosts": sorted,
        **{
            "services.*.blkio_config." + key: _rates
            for key in (
                "device_read_bps",
                "device_read_iops",
                "device_write_bps",
                "device_write_iops",
                "weight_device",
            )
        },
        "networks.*": lambda value: {"ipam": {}, **value},
        "volumes.*": dict,
        "secrets.*": lambda value: {
            key: member for key, member in value.items() if key != "content"
        },
        "configs.*": lambda value: {
            key: member
            for key, member in value.items()
            if key != "content" or "environment" not in value
        },
    }
)


def spell(project: t.Any) -> dict[str, t.Any]:
    """A project as the reference prints it."""
    sections = {
        part: getattr(project, part) for part in ("networks", "volumes", "secrets", "configs")
    }
    model = {
        "services": project.services,
        **{part: value for part, value in sections.items() if value},
    }
    bare = prune(model, RULES)
    full = rewrite(
        bare, SPELT, lambda row, value, path: row(value or {}) if len(path) == 2 else row(value)
    )
    found = {**full, "services": section(full, "services")}
    return {
        "name": project.name,
        **found,
        **dict(project.extensions.items()),
    }


def prune(value: t.Any, rules: Branch[str]) -> t.Any:
    """A copy without zeros, empty values and extensions, but for those that the rules keep."""
    if isinstance(value, dict):
        own = rules.every is not None and rules.every.row == "nullable"
        pairs = [
            (key, one, rules.below(key) or NOTHING)
            for key, one in value.items()
            if own or not key.startswith("x-")
        ]
        found = {
            key: member if below.row == "verbatim" else prune(member, below)
            for key, member, below in pairs
        }
        return {
            key: found[key]
            for key, _member, below in pairs
            if _says(found[key], key) or _keeps(below, found[key])
        }
    if isinstance(value, list):
        return [prune(member, rules.every or NOTHING) for member in value]
    return value


def _says(value: t.Any, key: str) -> bool:
    return value not in (None, "", 0, False, [], {}, "0s") or (
        value == [] and key in ("command", "entrypoint")
    )


def _keeps(rules: Branch[str], value: t.Any) -> bool:
    return rules.row == "nullable" or (rules.row == "kept" and value is not None)
