# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine's own mounts (driver local): its options checked before anything is made of them.

The engine calls mount(2) itself, at the first start of a container, so what only a helper of mount
understands fails there and then, or is ignored.
"""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage import declared, options
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage.drivers import CIFS, NFS
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage.options import (
    Table,
    octal,
    plain,
    whole,
)

Given = t.Mapping[str, t.Any]
TABLES: t.Mapping[str, Table] = {
    "nfs": NFS.options,
    "cifs": {**CIFS.options, "guest": options.flag},
    "tmpfs": {"size": plain, "mode": octal, "uid": whole, "gid": whole, "nr_inodes": plain},
    "btrfs": {
        "subvol": plain, "subvolid": whole, "compress": plain, "discard": options.flag,
        "ssd": options.flag, "autodefrag": options.flag,
    },
}  # fmt: skip
WHY: t.Mapping[str, str] = {
    "nfs4": "the engine resolves the server's name for nfs alone; say type: nfs and vers",
    "none": "a bind is the driver bind, which sees to it that the path is mounted",
    "fuse.sshfs": "the engine can't start a daemon; say driver: sshfs",
    "sshfs": "the engine can't start a daemon; say driver: sshfs",
    "glusterfs": "the engine can't start a daemon; say driver: glusterfs",
}


def driver_opts(where: str, source: Given, mount: Given, access: str) -> dict[str, str]:
    """What the volume is made with, or an error that names the mistake."""
    kind = str(source.get("type") or "")
    if kind not in TABLES:
        raise InputError(
            where + ".source.type",
            "found {0!r}".format(kind),
            WHY.get(kind, "accepted is one of {0}".format(", ".join(sorted(TABLES)))),
        )
    chosen = options.read(where + ".mount", {**options.COMMON, **TABLES[kind]}, mount, {})
    declared.hardness(where, access, chosen)
    words = {**_added(where, kind, source, chosen), **({"ro": ""} if access == "rox" else {})}
    opts = {"type": kind, "device": _device(where, kind, source)}
    rendered = options.render({**words, **chosen})
    return {**opts, "o": rendered} if rendered else opts


def _added(where: str, kind: str, source: Given, chosen: t.Mapping[str, str]) -> dict[str, str]:
    if kind not in ("nfs", "cifs"):
        return {}
    if not source.get("server"):
        raise InputError(where + ".source.server", "found nothing", "a {0} needs it".format(kind))
    if "vers" not in chosen:
        raise InputError(
            where + ".mount.vers",
            "found nothing",
            "say it: without it the kernel takes version 3 for nfs, and guesses for cifs",
        )
    words = {"addr": plain(source["server"])}
    if source.get("port"):
        words["port"] = str(source["port"])
    if kind == "cifs" and "guest" not in chosen:
        raise InputError(
            where + ".mount.guest",
            "found nothing",
            "a password would stand in clear in the volume; say guest: true or driver: cifs",
        )
    return words


def _device(where: str, kind: str, source: Given) -> str:
    path = str(source.get("path") or "")
    if kind == "tmpfs":
        return "tmpfs"
    if kind == "nfs":
        return ":" + path
    if kind == "cifs":
        return "//{0}/{1}".format(source["server"], path.strip("/"))
    if not path.startswith("/dev/"):
        problem = "found {0!r}".format(path)
        raise InputError(where + ".source.path", problem, "accepted is a device below /dev")
    return path
