# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is read of a host without touching any share: files, units, containers, mounts."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import Unreachable
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage import (
    facts,
    mountinfo,
    packages,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage.systemd import MOUNTS

ENGINE_PID = "/var/run/docker.pid"
PROPERTIES = "--property=Id,UnitFileState"


def host(outside: t.Any) -> facts.HostSeen:
    """What every storage stands on."""
    fstab = (text(outside, "/etc/fstab") or "").splitlines()
    lines = [line.split() for line in fstab if not line.lstrip().startswith("#")]
    mounts = mountinfo.parse(text(outside, MOUNTS) or "")
    return facts.HostSeen(
        is_root=outside.machine.is_root,
        user=outside.machine.user,
        has_systemd=bool(outside.exists("/run/systemd/system")),
        system=packages.system(text(outside, "/etc/os-release") or ""),
        identity=(text(outside, "/etc/machine-id") or "").strip(),
        installed=packages.installed(outside),
        mounts=mounts,
        mounts_of_engine=_mounts_of_engine(outside) or mounts,
        fstab=frozenset(words[1] for words in lines if len(words) > 1),
    )


def enabled(outside: t.Any, names: t.Sequence[str]) -> frozenset[str]:
    """Those of these units that systemd starts by itself."""
    if not names:
        return frozenset()
    ran = outside.run(["systemctl", "show", *names, PROPERTIES])
    blocks = [
        dict(line.split("=", 1) for line in block.splitlines() if "=" in line)
        for block in ran.out.split("\n\n")
    ]
    return frozenset(
        block.get("Id", "") for block in blocks if block.get("UnitFileState") == "enabled"
    )


def containers(outside: t.Any) -> tuple[facts.User, ...]:
    """The containers of the engine, each with the volumes that it has."""
    try:
        found = outside.engine.get("/containers/json", all=True) or []
    except Unreachable:
        # An engine that is to be made has none; of one that is dead, its volumes tell.
        return ()
    return tuple(_user(each) for each in found)


def file(outside: t.Any, path: str) -> facts.File:
    """A file as it is."""
    return facts.File(path, text(outside, path), outside.mode_of(path) or 0o644)


def text(outside: t.Any, path: str) -> str | None:
    """What a file says; None where there is none."""
    data = outside.read_bytes(path)
    return None if data is None else data.decode("utf-8", "surrogateescape")


def _user(container: t.Mapping[str, t.Any]) -> facts.User:
    names, mounts = container.get("Names"), container.get("Mounts") or []
    return facts.User(
        str((names or [container["Id"][:12]])[0]).lstrip("/"),
        container["Id"],
        container["State"] == "running",
        frozenset(mount["Name"] for mount in mounts if mount.get("Type") == "volume"),
    )


def _mounts_of_engine(outside: t.Any) -> tuple[mountinfo.Mount, ...]:
    """The mounts as the engine sees them, which may live in a namespace of its own."""
    pid = (text(outside, ENGINE_PID) or "").strip()
    if not pid.isdigit():
        return ()
    try:
        return mountinfo.parse(text(outside, "/proc/{0}/mountinfo".format(pid)) or "")
    except OSError:
        return ()
