# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps that bring the running kernel to what its files say, and what can't be brought there."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.kernel.files import (
    MODULES,
    SYSCTLS,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.kernel.live import (
    Kernel,
    differing,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.scene import Scene

LOAD, SET, RESET = "load-modules", "set-sysctls", "reset-sysctls"


def load_modules(scene: Scene) -> t.Iterator[Step]:
    """Modules that are asked for and not there."""
    names = tuple(scene.host.kernel.unloaded)
    if names:
        cause = "{0} not loaded".format(", ".join(names))
        drift = _is_drift(scene, MODULES.name)
        yield scene.request.step(LOAD, cause, drift=drift, payload={"modules": names})


def set_sysctls(scene: Scene) -> t.Iterator[Step]:
    """Settings that the kernel has otherwise."""
    before = scene.host.kernel.values
    values = differing(scene.host.kernel, scene.request.wanted.fields)
    if values:
        told = (
            "{0} {1!r} -> {2!r}".format(name, before.get(name), values[name]) for name in values
        )
        payload = {"values": values, "before": {name: before.get(name) for name in values}}
        drift = _is_drift(scene, SYSCTLS.name)
        yield scene.request.step(SET, "; ".join(told), undo=RESET, drift=drift, payload=payload)


def refuse(kernel: Kernel) -> None:
    """Refuse what this kernel can't do; what a module brings along is known once it is loaded."""
    for name, problem in kernel.unloaded.items():
        if problem:
            found = "this kernel has no {0}, neither loaded nor built in ({1})".format(
                name, problem
            )
            raise InputError("engine docker.kernel_modules", found, "leave it out")
    unknown = [name for name, text in kernel.values.items() if text is None]
    if unknown and not kernel.unloaded:
        found = "this kernel has no setting {0}".format(unknown[0])
        hint = "name the module that brings it in kernel_modules, or leave it out"
        raise InputError("engine docker.sysctls", found, hint)


def _is_drift(scene: Scene, name: str) -> bool:
    """Whether neither an edit nor a killed run explains it."""
    edited = any(not change.drift for change in scene.changes_of(name))
    return not edited and name not in scene.host.note.placed
