# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""apt and dpkg on a host of a few lines: what is installed, offered and held."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import (
    apt,
    packages,
    service,
)
from ansible_collections.slipway.docker.plugins.module_utils.outside.programs import Ran

Story = t.Mapping[str, t.Any]
OK = Ran(0, "", "")


class Apt:
    """The package manager of a host that has files, and an engine to start."""

    files: dict[str, bytes]

    def __init__(self, story: Story) -> None:
        self.story = story
        self.packages = {name: str(of) for name, of in story.get("packages", {}).items()}
        self.offers: dict[str, list[str]] = dict(story.get("offers", {}))
        self.held: list[str] = list(story.get("held", ()))
        self.offline = bool(story.get("offline"))

    def _touch(self, what: str) -> None:
        raise NotImplementedError

    def _start(self, manager: str) -> None:
        raise NotImplementedError

    def _dpkg_query(self, command: list[str], words: list[str]) -> Ran:
        lines = [
            "{0} installed {1} {2}\n".format(name, of, "hold" if name in self.held else "install")
            for name, of in self.packages.items()
        ]
        return Ran(0, "".join(lines), "")

    def _apt_cache(self, command: list[str], words: list[str]) -> Ran:
        rows = "{0} | {1} | http://deb.example.org stable/main amd64 Packages\n"
        there = self.offers.get(words[-1], ["1"])
        return Ran(0, "".join(rows.format(words[-1], version) for version in there), "")

    def _apt_mark(self, command: list[str], words: list[str]) -> Ran:
        self._touch(" ".join(words[:2]))
        self.held = [name for name in self.held if name not in words[2:]]
        self.held += words[2:] if words[1] == "hold" else []
        return Ran(0, "", "")

    def _apt_get(self, command: list[str], words: list[str]) -> Ran:
        if "update" in command:
            self._touch("apt-get update")
            is_strict = "APT::Update::Error-Mode=any" in command
            return Ran(100, "", "E: it can't be used") if is_strict and self.offline else OK
        verb = "install" if "install" in command else "remove"
        names = command[command.index(verb) + 1 :]
        if "--simulate" in command:
            named = [name.rstrip("-") for name in names if verb == "remove" or name.endswith("-")]
            goes = [*named, *self.story.get("dependents", ())]
            return Ran(0, "".join("Remv {0} [1]\n".format(name) for name in goes), "")
        self._touch("apt-get {0}".format(verb))
        if self.offline:
            return Ran(100, "", "E: Unable to locate package {0}\n".format(names[0]))
        if verb == "remove":
            self.packages = {name: of for name, of in self.packages.items() if name not in names}
            return Ran(0, "", "")
        return self._have(command, names)

    def _have(self, command: list[str], names: list[str]) -> Ran:
        """What apt makes of the words behind `install`."""
        goes = [name[:-1] for name in names if name.endswith("-")]
        wanted = dict(name.partition("=")[::2] for name in names if not name.endswith("-"))
        if set(self.held) & {*wanted, *goes} and "--allow-change-held-packages" not in command:
            return Ran(100, "", "E: Held packages were changed")
        brought = ("containerd", "runc", "tini") if "docker.io" in wanted else ()
        old = self.engine_version
        self.packages = {name: of for name, of in self.packages.items() if name not in goes}
        for name in (*wanted, *brought):
            old_one = self.packages.get(name)
            version = wanted.get(name) or old_one or self.offers.get(name, ["1"])[0]
            self.packages[name] = version
            # As apt does with what it was allowed to change.
            self.held = [each for each in self.held if each != name or version == old_one]
        # A package starts the engine, or starts it anew, unless a policy says no.
        is_free = apt.MARK.encode() not in self.files.get(apt.POLICY, b"")
        if is_free and self.engine_version != old:
            self._start(service.SYSTEMD)
        return OK

    def _dpkg(self, command: list[str], words: list[str]) -> Ran:
        return Ran(0, "amd64\n", "")

    @property
    def engine_version(self) -> str:
        """The version of the package that holds the engine."""
        names = [name for name in packages.engines("apt") if name in self.packages]
        return self.packages[names[0]] if names else ""
