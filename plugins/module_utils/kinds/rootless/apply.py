# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The acts for a user's engine, a verb each: ids, lingering and data here, the rest in taking_up."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import StepError
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step
from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless import (
    notes,
    service,
    subids,
    taking_up,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless.facts import (
    SUBGID,
    SUBUID,
    unit_of,
)

# By the file that they are about: what is noted, and how usermod is told to add.
SUBIDS = {
    SUBUID: ("subuids", "--add-subuids"),
    SUBGID: ("subgids", "--add-subgids"),
}


def add_subids(outside: t.Any, step: Step) -> None:
    """Give the user subordinate ids, noted before they are there."""
    name, numbers, paths = (
        step.payload["account"].name,
        step.payload["range"],
        step.payload["paths"],
    )
    notes.change(outside, name, **{SUBIDS[path][0]: (numbers,) for path in paths})
    for path in paths:
        # usermod takes a file that isn't there for a host that has no such ids.
        if not outside.exists(path):
            outside.write(path, b"")
    told = [word for path in paths for word in (SUBIDS[path][1], numbers)]
    _must(outside, ["usermod", *told, name])


def drop_subids(outside: t.Any, step: Step) -> None:
    """Take the subordinate ids back that we gave the user."""
    name = step.payload["account"].name
    note = notes.read(outside, name)
    # usermod takes none from a user who has a process.
    for path, texts in ((SUBUID, note.subuids), (SUBGID, note.subgids)):
        data = outside.read_bytes(path) or b""
        left = subids.without(data, [subids.range_of(text, name) for text in texts])
        if left != data:
            outside.write(path, left, mode=outside.mode_of(path) or 0o644)
    notes.change(outside, name, subuids=(), subgids=())


def linger(outside: t.Any, step: Step) -> None:
    """Have the user's service manager run from the host's start on, noted before it does."""
    name = step.payload["account"].name
    notes.change(outside, name, lingers=True)
    _must(outside, ["loginctl", "enable-linger", name])


def unlinger(outside: t.Any, step: Step) -> None:
    """Have the user's service manager end with the user's last login."""
    name = step.payload["account"].name
    _must(outside, ["loginctl", "disable-linger", name])
    notes.change(outside, name, lingers=False)


def enable(outside: t.Any, step: Step) -> None:
    """Have the engine started with the user's service manager."""
    service.enable(outside, step.payload["account"])


def stop(outside: t.Any, step: Step) -> None:
    """Stop the engine."""
    service.stop(outside, step.payload["account"])


def remove_unit(outside: t.Any, step: Step) -> None:
    """Remove the unit, and what had it started."""
    account = step.payload["account"]
    service.disable(outside, account)
    outside.homes.remove(account, unit_of(account))
    service.forget(outside, account)
    notes.change(outside, account.name, has_unit=False, pending="", engine=0, before={})


def destroy_data(outside: t.Any, step: Step) -> None:
    """Give up all that the engine held, with the rights of the user and of the user's subordinate ids."""
    account, path = step.payload["account"], step.payload["path"]
    if len([part for part in path.split("/") if part]) < 2:
        raise StepError(path, "this is not removed as a data root", "remove it by hand")
    command = ["rootlesskit", "rm", "-rf", "--", path]
    ran = outside.homes.run(account, command, timeout=service.STARTED_WITHIN)
    if not ran.ok:
        hint = "type: rm -rf {0}".format(path)
        raise StepError(path, _said(ran), hint)


def _must(outside: t.Any, command: t.Sequence[str]) -> None:
    ran = outside.run(command)
    if not ran.ok:
        raise StepError(" ".join(command), _said(ran))


def _said(ran: t.Any) -> str:
    return ran.err.strip() or "status {0}".format(ran.status)


ACTIONS = {
    "add-subids": add_subids,
    "drop-subids": drop_subids,
    "linger": linger,
    "unlinger": unlinger,
    "enable": enable,
    "stop": stop,
    "remove-unit": remove_unit,
    "destroy-data": destroy_data,
    "configure": taking_up.configure,
    "unconfigure": taking_up.unconfigure,
    "place-unit": taking_up.place_unit,
    "put-back": taking_up.put_back,
    "start": taking_up.start,
    "restart": taking_up.restart,
    "reload": taking_up.reload,
    "await ready": taking_up.ready,
}
