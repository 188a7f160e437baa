# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of what separates a container from its host, and what it is let through."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.codec import (
    BOOLEAN,
    LIST,
    MAPPING,
    TEXT,
    read_integer,
    read_list,
    read_text,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.field import (
    Codec,
    Field,
    as_set,
    joined,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.matching import (
    unset_is_nothing,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.security import (
    read_security,
)

CAPABILITY = re.compile(r"[A-Z_]+\Z")
PERMISSIONS = re.compile(r"[rwm]*\Z")
DEVICE = ("PathOnHost", "PathInContainer", "CgroupPermissions")
GPU_KEYS = {
    "driver": "Driver",
    "count": "Count",
    "device_ids": "DeviceIDs",
    "capabilities": "Capabilities",
    "options": "Options",
}


def read_capabilities(value: t.Any) -> list[str]:
    """Names of capabilities, without `CAP_`."""
    names = [
        name.upper()[4:] if name.upper().startswith("CAP_") else name.upper()
        for name in read_list(value)
    ]
    if not all(CAPABILITY.match(name) for name in names):
        raise ValueError("names of capabilities, like NET_ADMIN")
    return names


def capabilities_to_engine(value: t.Sequence[str]) -> list[str]:
    """The names with `CAP_`, as the engine keeps them."""
    return [name if name == "ALL" else "CAP_" + name for name in value]


def read_devices(value: t.Any) -> list[str]:
    """Devices as `source:target:permissions`."""
    if not isinstance(value, (list, tuple)):
        raise ValueError("a list of devices, like /dev/fuse:/dev/fuse:rwm")
    return [_read_device(device) for device in value]


def _read_device(device: t.Any) -> str:
    parts = (
        [read_text(device.get(key) or "") for key in ("source", "target", "permissions")]
        if isinstance(device, dict)
        else read_text(device).split(":")
    )
    if len(parts) == 2 and PERMISSIONS.match(parts[1]):
        parts = [parts[0], "", parts[1]]
    source, target, permissions = (*parts, "", "")[:3]
    if not source.startswith("/") or not PERMISSIONS.match(permissions) or len(parts) > 3:
        raise ValueError("a device like /dev/fuse, /dev/sda:/dev/xvda or /dev/sda:/dev/xvda:rwm")
    return ":".join((source, target or source, permissions or "rwm"))


def devices_to_engine(value: t.Sequence[str]) -> list[dict[str, str]]:
    """The engine's list of devices."""
    return [dict(zip(DEVICE, device.split(":"))) for device in value]


def devices_from_engine(value: t.Any) -> list[str] | None:
    """Devices as `source:target:permissions`."""
    return [":".join(device[key] for key in DEVICE) for device in value or ()] or None


def read_gpus(value: t.Any) -> list[dict[str, t.Any]]:
    """Requests for devices that a driver picks; `all` is all that there are."""
    if value == "all":
        value = [{"count": -1}]
    if not isinstance(value, (list, tuple)) or not all(
        isinstance(each, dict) and not set(each) - set(GPU_KEYS) for each in value
    ):
        raise ValueError("all, or a list of mappings with {0}".format(", ".join(GPU_KEYS)))
    return [_read_gpu(each) for each in value]


def _read_gpu(each: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    count = each.get("count")
    read = {
        "driver": read_text(each.get("driver") or ""),
        "count": -1
        if count == "all" or (count is None and not each.get("device_ids"))
        else read_integer(count or 0),
        "device_ids": read_list(each.get("device_ids") or []),
        "capabilities": read_list(each.get("capabilities") or ["gpu"]),
        "options": MAPPING.read(each.get("options") or {}),
    }
    return {key: part for key, part in read.items() if part}


def gpus_to_engine(value: t.Sequence[t.Mapping[str, t.Any]]) -> list[dict[str, t.Any]]:
    """The engine's device requests; its capabilities are a list of alternatives."""
    return [
        {GPU_KEYS[key]: [part] if key == "capabilities" else part for key, part in each.items()}
        for each in value
    ]


def gpus_from_engine(value: t.Any) -> list[dict[str, t.Any]] | None:
    """Device requests as Compose spells them."""
    found = [{key: each.get(name) for key, name in GPU_KEYS.items()} for each in value or ()]
    return (
        read_gpus([{**each, "capabilities": sum(each["capabilities"] or [], [])} for each in found])
        or None
    )


def read_isolation(value: t.Any) -> str:
    """Linux knows one isolation."""
    if value != "default":
        raise ValueError("default; the others are for Windows")
    return "default"


CAPABILITIES = Codec(
    {"type": "list", "elements": "str"},
    read_capabilities,
    capabilities_to_engine,
    lambda value: read_capabilities(value) if value else None,
)
DEVICES = Codec(
    {"type": "list", "elements": "raw"}, read_devices, devices_to_engine, devices_from_engine
)
GPUS = Codec({"type": "raw"}, read_gpus, gpus_to_engine, gpus_from_engine)
SECURITY = Codec({"type": "list", "elements": "str"}, read_security)
HOST = "HostConfig"

ISOLATION = (
    Field("privileged", BOOLEAN, (HOST, "Privileged"), match=unset_is_nothing),
    Field("cap_add", CAPABILITIES, (HOST, "CapAdd"), match=as_set, aliases=("capabilities",)),
    Field("cap_drop", CAPABILITIES, (HOST, "CapDrop"), match=as_set),
    Field("security_opt", SECURITY, match=as_set, merge=joined, aliases=("security_opts",)),
    Field("devices", DEVICES, (HOST, "Devices"), match=as_set),
    Field("device_cgroup_rules", LIST, (HOST, "DeviceCgroupRules"), match=as_set),
    Field("gpus", GPUS, (HOST, "DeviceRequests")),
    Field("group_add", LIST, (HOST, "GroupAdd"), match=as_set, aliases=("groups",)),
    Field("ipc", TEXT, (HOST, "IpcMode"), default="private", aliases=("ipc_mode",)),
    Field("pid", TEXT, (HOST, "PidMode"), aliases=("pid_mode",)),
    Field("uts", TEXT, (HOST, "UTSMode")),
    Field("userns_mode", TEXT, (HOST, "UsernsMode")),
    Field(
        "isolation", Codec({"type": "str"}, read_isolation), (HOST, "Isolation"), default="default"
    ),
    Field("runtime", TEXT, (HOST, "Runtime"), default="runc"),
    Field("sysctls", MAPPING, (HOST, "Sysctls")),
)
