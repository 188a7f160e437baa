# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The packet filter of a host of a few lines, and the unit that keeps a policy in it."""

from __future__ import annotations

from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.ports import files, rules
from ansible_collections.slipway.docker.plugins.module_utils.outside.programs import Ran

ENGINES = [":DOCKER - [0:0]", rules.WAY]
OURS = ("-A " + rules.CHAIN, rules.JUMP)


class Filter:
    """The lines of iptables-save by family, on the files of a host."""

    def __init__(self, host_files: dict[str, bytes]) -> None:
        self.files = host_files
        self.lines: dict[int, list[str]] = {family: [] for family in rules.TOOLS}

    @property
    def ours(self) -> list[str]:
        """Our rules, those of IPv4."""
        return [line for line in self.lines[4] if line.startswith(OURS)]

    def engine_started(self) -> None:
        """The engine makes its own rules, and our unit has its rules in force."""
        foreign = [line for line in self.lines[4] if line not in ENGINES]
        self.lines[4] = [*ENGINES, *foreign]
        if files.ENABLED in self.files:
            self.unit("start")

    def engine_stopped(self) -> None:
        """Our unit stops with the engine; rules stay."""
        self.unit("stop")

    def unit(self, verb: str) -> Ran:
        """What systemctl does with our unit."""
        if verb in ("stop", "disable"):
            self.files.pop(files.RUNNING, None)
        if verb == "disable":
            self.files.pop(files.ENABLED, None)
        if verb == "enable":
            self.files[files.ENABLED] = b""
        if verb == "start":
            self.files[files.RUNNING] = b""
            return self.apply()
        return Ran(0, "", "")

    def apply(self) -> Ran:
        """What the script does."""
        policy = files.parse(self.files.get(files.SCRIPT, b"").decode())
        if not policy:
            return Ran(2, "", "sh: 0: cannot open {0}".format(files.SCRIPT))
        self.remove()
        for family, lines in self.lines.items():
            if rules.WAY not in lines:
                lines.append(rules.WAY)
            lines += [rules.JUMP, *rules.rules(policy, family)]
        return Ran(0, "", "")

    def remove(self) -> Ran:
        """What the script does when the policy goes."""
        for lines in self.lines.values():
            lines[:] = [line for line in lines if not line.startswith(OURS)]
        return Ran(0, "", "")

    def saved(self, family: int) -> Ran:
        """What iptables-save prints."""
        return Ran(0, "\n".join(self.lines[family]), "")
