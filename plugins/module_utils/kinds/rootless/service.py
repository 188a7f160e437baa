# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The user's service manager, spoken to as the user, who need not be logged in."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import StepError
from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless.facts import (
    UNIT,
    Service,
    link_of,
)

RUNS = ("active", "reloading", "activating", "deactivating")
SYSTEMCTL = ("systemctl", "--user")
STARTED_WITHIN = 300
LAST_LINES, LAST_WORDS = 60, 8
CHATTER = ("level=info", "level=debug", "level=warning")
TRACE = "+ "


def look(outside: t.Any, account: t.Any, is_enabled: bool) -> Service:
    """The unit as it is; a manager that doesn't run has no unit that does."""
    asked = [*SYSTEMCTL, "show", UNIT, "--property=ActiveState,MainPID"]
    lines = outside.homes.run(account, asked).out.splitlines()
    told = dict(line.split("=", 1) for line in lines if "=" in line)
    main = int(told.get("MainPID") or 0)
    return Service(told.get("ActiveState") in RUNS and bool(main), main, is_enabled)


def wake(outside: t.Any, account: t.Any) -> None:
    """Have the user's service manager run, knowing the units that there are now."""
    manager = "user@{0}.service".format(account.uid)
    ran = outside.run(["systemctl", "start", manager])
    if not ran.ok:
        raise StepError(manager, _said(ran), "type: systemctl status {0}".format(manager))
    _must(outside, account, "daemon-reload")


def start(outside: t.Any, account: t.Any) -> None:
    """Start the engine, now and with the user's service manager from now on."""
    enable(outside, account)
    # A unit that has failed too often in a row isn't started again before this.
    _may(outside, account, "reset-failed", UNIT)
    _must(outside, account, "start", UNIT)


def restart(outside: t.Any, account: t.Any) -> None:
    """Restart the engine, with the unit that there is now."""
    wake(outside, account)
    _may(outside, account, "reset-failed", UNIT)
    _must(outside, account, "restart", UNIT)


def reload(outside: t.Any, account: t.Any) -> None:
    """Have the engine read its configuration again."""
    _must(outside, account, "reload", UNIT)


def enable(outside: t.Any, account: t.Any) -> None:
    """Have the engine started with the user's service manager."""
    wake(outside, account)
    _must(outside, account, "enable", UNIT)


def disable(outside: t.Any, account: t.Any) -> None:
    """Stop an engine that fails again and again as well, and have nothing start it."""
    _may(outside, account, "disable", "--now", UNIT)
    # A manager that doesn't run can't do it.
    outside.homes.remove(account, link_of(account))


def stop(outside: t.Any, account: t.Any) -> None:
    """Stop the engine, and have nothing start it again."""
    disable(outside, account)
    _must(outside, account, "stop", UNIT)
    _may(outside, account, "reset-failed", UNIT)


def forget(outside: t.Any, account: t.Any) -> None:
    """Have the service manager forget a unit that is gone; one that doesn't run knows none."""
    _may(outside, account, "daemon-reload")


def has_failed(outside: t.Any, account: t.Any) -> bool:
    """Whether the service manager has given up on the unit."""
    return bool(outside.homes.run(account, [*SYSTEMCTL, "is-failed", "--quiet", UNIT]).ok)


def last_words(outside: t.Any, account: t.Any) -> dict[str, list[str]]:
    """What the engine said last, for an error."""
    of_user, of_unit = "_UID={0}".format(account.uid), "_SYSTEMD_USER_UNIT={0}".format(UNIT)
    lines = "--lines={0}".format(LAST_LINES)
    ran = outside.run(["journalctl", of_user, of_unit, lines, "--no-pager", "--output=cat"])
    said = [line for line in ran.out.splitlines() if line.strip() and not line.startswith(TRACE)]
    told = [line for line in said if not any(word in line for word in CHATTER)]
    return {"the engine's last words": (told or said[-3:])[-LAST_WORDS:]}


def _may(outside: t.Any, account: t.Any, *words: str) -> None:
    outside.homes.run(account, [*SYSTEMCTL, *words])


def _must(outside: t.Any, account: t.Any, *words: str) -> None:
    command = [*SYSTEMCTL, *words]
    ran = outside.homes.run(account, command, timeout=STARTED_WITHIN)
    if not ran.ok:
        where = "{0} (as {1})".format(" ".join(command), account.name)
        raise StepError(where, _said(ran), evidence=last_words(outside, account))


def _said(ran: t.Any) -> str:
    said = (ran.err or ran.out).strip().splitlines()[:1]
    return "; ".join(said) or "status {0}".format(ran.status)
