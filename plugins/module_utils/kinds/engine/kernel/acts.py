# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The acts on the running kernel."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import StepError
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import notes
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.kernel.files import (
    MODULES,
    SYSCTLS,
    path_of,
)


def load_modules(outside: t.Any, step: Step) -> None:
    """Load kernel modules."""
    for name in step.payload["modules"]:
        ran = outside.run(["modprobe", name])
        if not ran.ok:
            raise StepError(
                "modprobe {0}".format(name), ran.err.strip() or "status {0}".format(ran.status)
            )
    notes.taken_up(outside, MODULES.name)


def set_sysctls(outside: t.Any, step: Step) -> None:
    """Set what the kernel has otherwise."""
    for name, text in step.payload["values"].items():
        problem = outside.tune(path_of(name), text)
        if problem:
            hint = "{0} can be read only where the host is a container; set it outside".format(
                path_of(name)
            )
            raise StepError(name, "it can't be set to {0!r}: {1}".format(text, problem), hint)
    notes.taken_up(outside, SYSCTLS.name)


def reset_sysctls(outside: t.Any, step: Step) -> None:
    """Set back what was set in vain."""
    for name, text in step.payload["before"].items():
        if text is not None:
            outside.tune(path_of(name), text)
