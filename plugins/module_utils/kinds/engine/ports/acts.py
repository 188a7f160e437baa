# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The acts on the rules for published ports."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import StepError
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import notes
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.ports.files import (
    SCRIPT,
    SHELL,
    UNIT,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.ports.policy import FIELD


def guard(outside: t.Any, step: Step) -> None:
    """Put the rules in force, and have systemd keep them so."""
    notes.placed(outside, (FIELD.name,))
    # What watches over the rules of before would bring these back.
    if step.payload["systemd"]:
        outside.run(["systemctl", "stop", UNIT])
    _must(outside, ["sh", SCRIPT, "apply"])
    if step.payload["systemd"]:
        _must(outside, ["systemctl", "enable", UNIT])
        _must(outside, ["systemctl", "start", UNIT])
    notes.taken_up(outside, FIELD.name)


def unguard(outside: t.Any, step: Step) -> None:
    """Take our rules away, and what keeps them; the rest of DOCKER-USER stays."""
    if step.payload["systemd"]:
        outside.run(["systemctl", "disable", "--now", UNIT])
    # The file may be gone, or not be ours any more.
    _must(outside, ["sh", "-s", "remove"], SHELL)


def _must(outside: t.Any, command: t.Sequence[str], stdin: str = "") -> None:
    ran = outside.run(command, stdin=stdin)
    if not ran.ok:
        said = ran.err.strip() or "status {0}".format(ran.status)
        raise StepError(" ".join(command), said, "see what iptables says on this host")
