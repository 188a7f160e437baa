# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the kernel has of the modules and settings that are asked for."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.kernel.files import (
    MODULES,
    SYSCTLS,
    path_of,
)

LOADED = "/sys/module/{0}"
RELEASE = "/proc/sys/kernel/osrelease"
BUILT_IN = "/lib/modules/{0}/modules.builtin"


@dataclasses.dataclass(frozen=True)
class Kernel:
    """``unloaded``: by module that isn't there why it can't be loaded, empty where it can.

    ``values``: by setting its value, None where the kernel doesn't know it.
    """

    unloaded: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    values: t.Mapping[str, str | None] = dataclasses.field(default_factory=dict)


def look(outside: t.Any, fields: t.Mapping[str, t.Any]) -> Kernel:
    """What is there of what is asked for, and of nothing else."""
    names = fields.get(MODULES.name) or ()
    missing = [name for name in names if not outside.exists(LOADED.format(name))]
    built_in = _built_in(outside) if missing else frozenset()
    return Kernel(
        {name: _obstacle(outside, name) for name in missing if name not in built_in},
        {name: value(outside, name) for name in fields.get(SYSCTLS.name) or ()},
    )


def differing(kernel: Kernel, fields: t.Mapping[str, t.Any]) -> dict[str, str]:
    """The settings that the kernel has otherwise, as they are asked for."""
    wanted = (fields.get(SYSCTLS.name) or {}).items()
    return {name: text for name, text in wanted if kernel.values.get(name) != text}


def behind(kernel: Kernel, fields: t.Mapping[str, t.Any]) -> tuple[str, ...]:
    """The options that the running kernel isn't at."""
    late = {MODULES.name: kernel.unloaded, SYSCTLS.name: differing(kernel, fields)}
    return tuple(name for name, missing in late.items() if missing)


def value(outside: t.Any, name: str) -> str | None:
    """A setting as it is; what can't be read, as a directory of settings can't, is none."""
    try:
        data = outside.read_bytes(path_of(name))
    except OSError:
        return None
    return None if data is None else " ".join(data.decode("utf-8", "replace").split())


def _built_in(outside: t.Any) -> frozenset[str]:
    release = (outside.read_bytes(RELEASE) or b"").decode().strip()
    paths = (outside.read_bytes(BUILT_IN.format(release)) or b"").decode().splitlines()
    names = (path.rpartition("/")[2].partition(".")[0] for path in paths)
    return frozenset(name.replace("-", "_") for name in names)


def _obstacle(outside: t.Any, name: str) -> str:
    ran = outside.run(["modprobe", "--dry-run", name])
    if ran.ok:
        return ""
    said = (ran.err or ran.out).strip().splitlines()
    return said[-1] if said else "status {0}".format(ran.status)
