# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mounting and unmounting by units, never lazily, and never with more than one layer."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import StepError
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage import mountinfo

MOUNTS = "/proc/self/mountinfo"
PATIENCE = 75.0
LAST_LINES = 8


def mount(outside: t.Any, step: Step) -> None:
    """Mount by the unit, and see that it is mounted once, as it was meant."""
    payload = step.payload
    not_mounted(outside, payload["point"])
    outside.run(["systemctl", "reset-failed", payload["unit"]])
    must(outside, ["systemctl", "enable", payload["unit"]])
    must(outside, ["systemctl", "start", payload["unit"]], payload["unit"])
    found = layers(outside, payload["point"])
    is_it = len(found) == 1 and (
        not payload["is_remote"]
        or (found[0].type in payload["types"] and found[0].source == payload["source"])
    )
    if not is_it:
        told = ", ".join("{0} ({1})".format(each.source, each.type) for each in found)
        problem = "mounted is {0} instead of {1}".format(told or "nothing", payload["source"])
        raise StepError(payload["point"], problem, evidence=last_words(outside, payload["unit"]))


def mount_again(outside: t.Any, step: Step) -> None:
    """Mount what was mounted before, once its unit is back."""
    if not layers(outside, step.payload["point"]):
        must(outside, ["systemctl", "start", step.payload["unit"]], step.payload["unit"])


def unmount(outside: t.Any, step: Step) -> None:
    """Unmount, unless something else is on top of it, or uses it."""
    point, unit = step.payload["point"], step.payload["unit"]
    found = layers(outside, point)
    if len(found) > 1:
        raise StepError(point, "it is mounted {0} times".format(len(found)), "unmount all but one")
    # A daemon that is told to stop would unmount lazily; when its mount is gone, it ends by itself.
    if found and step.payload["is_supervised"]:
        must(outside, ["fusermount3", "-u", point])
    must(outside, ["systemctl", "stop", unit], unit)
    outside.run(["systemctl", "reset-failed", unit])
    not_mounted(outside, point)


def not_mounted(outside: t.Any, point: str) -> None:
    """Raise an error where anything is mounted at a mount point."""
    found = layers(outside, point)
    if found:
        problem = "{0} is mounted there".format(found[-1].source)
        raise StepError(point, problem, "look who uses it, and unmount it first")


def layers(outside: t.Any, point: str) -> tuple[mountinfo.Mount, ...]:
    """The mounts at a mount point now."""
    text = (outside.read_bytes(MOUNTS) or b"").decode("utf-8", "surrogateescape")
    return mountinfo.at(mountinfo.parse(text), point)


def must(outside: t.Any, command: t.Sequence[str], unit: str = "") -> None:
    """Run a program that has to succeed; one that hangs is left behind."""
    ran = outside.probe({"": command}, PATIENCE)[""]
    if not ran.ok:
        said = [line for line in (ran.err or ran.out).strip().splitlines() if line.strip()]
        problem = said[0] if said else "status {0}".format(ran.status)
        evidence = last_words(outside, unit) if unit else {}
        raise StepError(" ".join(command), problem, evidence=evidence)


def last_words(outside: t.Any, unit: str) -> dict[str, list[str]]:
    """What a unit said last, for an error."""
    ran = outside.run(
        ["journalctl", "-u", unit, "-n", str(LAST_LINES), "--no-pager", "--output", "cat"]
    )
    return {"the unit's last words": [line for line in ran.out.splitlines() if line.strip()]}
