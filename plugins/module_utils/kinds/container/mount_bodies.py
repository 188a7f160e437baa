# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A container's mounts as the engine takes and tells them."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.codec import read_size
from ansible_collections.slipway.docker.plugins.module_utils.core.field import put
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.mounts import (
    Mount,
    read_long,
    read_short,
)

RECURSIVE = {
    "disabled": "NonRecursive",
    "writable": "ReadOnlyNonRecursive",
    "readonly": "ReadOnlyForceRecursive",
}


def write(mounts: t.Mapping[str, Mount], host: dict[str, t.Any]) -> None:
    """Set the engine's binds and mounts.

    Only a bind makes a missing path on the host and relabels; a mount can say all the rest.
    """
    binds = {target: mount for target, mount in mounts.items() if is_bind(mount)}
    host["Binds"] = [bind_text(target, mount) for target, mount in binds.items()]
    host["Mounts"] = [
        body(target, mount) for target, mount in mounts.items() if target not in binds
    ]


def is_bind(mount: Mount) -> bool:
    """Whether the engine has to take it as a bind."""
    parts = mount.get("bind", {})
    return mount["type"] == "bind" and (
        "selinux" in parts
        or (creates(mount) and "recursive" not in parts and ":" not in mount["source"])
    )


def creates(mount: Mount) -> bool:
    """Whether a bind mount's missing source is made."""
    return bool(mount.get("bind", {}).get("create_host_path", True))


def bind_text(target: str, mount: Mount) -> str:
    """A bind as the engine writes it."""
    parts = mount.get("bind", {})
    words = ["ro"] if mount.get("read_only") else []
    words += [parts[key] for key in ("selinux", "propagation") if key in parts]
    return ":".join([mount["source"], target, *([",".join(words)] if words else [])])


def body(target: str, mount: Mount) -> dict[str, t.Any]:
    """A mount as the engine takes it."""
    parts = mount.get(mount["type"], {})
    made: dict[str, t.Any] = {"Type": mount["type"], "Target": target}
    if "source" in mount:
        made["Source"] = mount["source"]
    if mount.get("read_only"):
        made["ReadOnly"] = True
    BODIES[mount["type"]](mount, parts, made)
    return made


def _bind(mount: Mount, parts: t.Mapping[str, t.Any], made: dict[str, t.Any]) -> None:
    if "propagation" in parts:
        put(made, ("BindOptions", "Propagation"), parts["propagation"])
    if "recursive" in parts:
        put(made, ("BindOptions", RECURSIVE[parts["recursive"]]), True)
    if creates(mount):
        put(made, ("BindOptions", "CreateMountpoint"), True)


def _volume(_mount: Mount, parts: t.Mapping[str, t.Any], made: dict[str, t.Any]) -> None:
    for key, name in (("nocopy", "NoCopy"), ("subpath", "Subpath"), ("labels", "Labels")):
        if key in parts:
            put(made, ("VolumeOptions", name), parts[key])


def _tmpfs(_mount: Mount, parts: t.Mapping[str, t.Any], made: dict[str, t.Any]) -> None:
    if "size" in parts:
        put(made, ("TmpfsOptions", "SizeBytes"), read_size(parts["size"]))
    if "mode" in parts:
        put(made, ("TmpfsOptions", "Mode"), int(parts["mode"], 8))


def _image(_mount: Mount, parts: t.Mapping[str, t.Any], made: dict[str, t.Any]) -> None:
    if "subpath" in parts:
        put(made, ("ImageOptions", "Subpath"), parts["subpath"])


BODIES: dict[str, t.Callable[[Mount, t.Mapping[str, t.Any], dict[str, t.Any]], None]] = {
    "bind": _bind,
    "volume": _volume,
    "tmpfs": _tmpfs,
    "image": _image,
}


def take(inspect: t.Mapping[str, t.Any]) -> dict[str, dict[str, t.Any]] | None:
    """The mounts that were asked for, and the anonymous volumes of the image."""
    host = inspect.get("HostConfig") or {}
    found = dict(read_short(bind) for bind in host.get("Binds") or ())
    found.update(_take(mount) for mount in host.get("Mounts") or ())
    for target in (inspect.get("Config") or {}).get("Volumes") or ():
        found.setdefault(*read_long({"type": "volume", "target": target}))
    return found or None


def _take(mount: Mount) -> tuple[str, dict[str, t.Any]]:
    kind = mount["Type"]
    bind, volume, tmpfs = (
        mount.get(name) or {} for name in ("BindOptions", "VolumeOptions", "TmpfsOptions")
    )
    parts = {
        "bind": {
            "propagation": bind.get("Propagation") or None,
            "recursive": next((word for word, name in RECURSIVE.items() if bind.get(name)), None),
            "create_host_path": bool(bind.get("CreateMountpoint")),
        },
        "volume": {
            "nocopy": volume.get("NoCopy"),
            "subpath": volume.get("Subpath"),
            "labels": volume.get("Labels"),
        },
        "tmpfs": {"size": tmpfs.get("SizeBytes"), "mode": tmpfs.get("Mode")},
        "image": {"subpath": (mount.get("ImageOptions") or {}).get("Subpath")},
    }
    return read_long(
        {
            "type": kind,
            "source": mount.get("Source"),
            "target": mount["Target"],
            "read_only": mount.get("ReadOnly"),
            kind: parts[kind],
        }
    )


def names(inspect: t.Mapping[str, t.Any]) -> dict[str, str]:
    """By target the names of the volumes that a container has, anonymous ones included."""
    return {
        mount["Destination"]: mount["Name"]
        for mount in inspect.get("Mounts") or ()
        if mount.get("Type") == "volume"
    }
