# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A request for a storage, with all that was seen for it."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.diff import Change
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Request
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Found, look_up
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage import (
    facts,
    mountinfo,
    options,
    units,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage.drivers import (
    DRIVERS,
    Driver,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage.fields import MOUNTED


@dataclasses.dataclass(frozen=True)
class Scene:
    """What a plan for one storage is made of."""

    request: Request
    host: facts.HostSeen
    seen: facts.Seen

    @property
    def name(self) -> str:
        return self.request.wanted.name

    @property
    def where(self) -> str:
        return self.request.wanted.identity

    @property
    def options(self) -> t.Mapping[str, t.Any]:
        return self.request.wanted.options

    @property
    def driver(self) -> Driver:
        return DRIVERS[self.request.wanted.fields["driver"]]

    @property
    def unit(self) -> str:
        return units.unit(self.name, self.driver)

    @property
    def volume(self) -> Found | None:
        """The engine's volume of this name."""
        return look_up(self.request.snapshot, "volume", self.name)

    @property
    def old(self) -> t.Mapping[str, t.Any]:
        """What the unit that is in place mounts."""
        return self.request.found.fields if self.request.found else {}

    @property
    def is_ours(self) -> bool:
        """Whether what is mounted is what the unit in place would have mounted."""
        driver = DRIVERS.get(self.old.get("driver", ""))
        if driver is None or not self.seen.layers:
            return False
        mount, source = self.seen.layers[-1], self.old.get("source", "")
        if driver.is_remote:
            return mount.type in driver.types and mount.source == source
        others = [each for each in self.host.mounts if each.point != mount.point]
        return (mount.device, mount.root) == mountinfo.seen_through(others, source)

    @property
    def changes_of_mount(self) -> tuple[Change, ...]:
        """The changes that only a new mount takes up."""
        changes = self.request.changes
        return tuple(each for each in changes if each.field.partition(".")[0] in MOUNTED)

    @property
    def changes_of_files(self) -> tuple[Change, ...]:
        """The changes of what stands in files of ours."""
        return tuple(each for each in self.request.changes if each.field != "share")

    @property
    def flags(self) -> str:
        """What the mount is without, or shouldn't be with, although its unit says so."""
        if not self.seen.layers or self.changes_of_mount:
            return ""
        live, wanted = self.seen.layers[-1].options, self.request.wanted.fields["options"]
        lacking = [flag for flag in options.TOLD if flag in wanted and flag not in live]
        surplus = ["ro"] if "ro" in live and "ro" not in wanted else []
        told = ["mounted without {0}".format(flag) for flag in lacking]
        return "; ".join([*told, *("mounted {0}".format(flag) for flag in surplus)])

    @property
    def is_dead(self) -> bool:
        """Whether the mount is there, and nothing behind it is."""
        return self.seen.is_mounted and bool(self.seen.answer.problem)

    @property
    def is_remounted(self) -> bool:
        """Whether the mount has to go and to come again."""
        return self.seen.is_mounted and bool(self.changes_of_mount or self.flags or self.is_dead)

    @property
    def is_to_mount(self) -> bool:
        return self.is_remounted or not self.seen.is_mounted

    @property
    def share(self) -> str:
        """The identity that the share has to have; empty where nobody looks."""
        return str(self.request.wanted.fields.get("share", ""))

    @property
    def was_marked(self) -> bool:
        """Whether the marker has to be there: the last run left it, or we may not write it."""
        of_share = [each for each in self.request.changes if each.field == "share"]
        return self.is_read_only or self.request.is_lost or any(each.drift for each in of_share)

    @property
    def is_read_only(self) -> bool:
        return bool(self.options["access"] == "rox")

    @property
    def moves(self) -> bool:
        """Whether the playbook now names another share."""
        return any(each.field in ("source", "driver") for each in self.changes_of_mount)

    @property
    def claim(self) -> str:
        """What this host writes into a share of which it is the one writer."""
        return self.host.identity if self.options["access"] == "rwo" else ""

    @property
    def lets_go(self) -> str:
        """The claim of this host in what is mounted now, where it can and shall be given up."""
        seen, ours = self.seen, self.host.identity
        is_ours = seen.is_mounted and ours and seen.answer.claim == ours
        if not is_ours or "ro" in seen.layers[-1].options:
            return ""
        stays = self.request.wanted.state != "absent" and self.claim and not self.moves
        return "" if stays else ours


def look(request: Request) -> Scene:
    """The request with what was seen."""
    known = request.snapshot["storage"][facts.HOST].facts
    return Scene(request, known["host"], known["seen"][request.wanted.name])


def mounting(name: str, unit: str, fields: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """What an action has to know of a mount."""
    driver = DRIVERS[fields["driver"]]
    return {
        "unit": unit,
        "point": facts.point(name),
        "source": fields["source"],
        "types": driver.types,
        "is_remote": driver.is_remote,
        "is_supervised": driver.is_supervised,
    }
