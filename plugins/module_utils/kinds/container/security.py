# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Security options: the engine's list, and the two keys behind `systempaths=unconfined`."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.codec import read_list

OPEN_PATHS = "systempaths=unconfined"
NO_NEW = "no-new-privileges"


def read_security(value: t.Any) -> list[str]:
    """Options as `name=value`."""
    return [_read_option(option) for option in read_list(value)]


def _read_option(option: str) -> str:
    # A seccomp profile is JSON, full of colons.
    name, sign, value = (
        option.partition("=") if "=" in option.split("{")[0] else option.partition(":")
    )
    if name == NO_NEW:
        return "{0}={1}".format(NO_NEW, value or "true")
    if not sign:
        raise ValueError("options like no-new-privileges=true or apparmor=unconfined")
    if (
        name == "seccomp"
        and value not in ("unconfined", "builtin")
        and not value.lstrip().startswith("{")
    ):
        raise ValueError(
            "seccomp=unconfined, seccomp=builtin, or the profile itself: seccomp={...}"
        )
    return "{0}={1}".format(name, value)


def write(value: t.Sequence[str], host: dict[str, t.Any]) -> None:
    """Set the engine's keys."""
    host["SecurityOpt"] = [option for option in value if option != OPEN_PATHS]
    if OPEN_PATHS in value:
        host["MaskedPaths"], host["ReadonlyPaths"] = [], []


def take(host: t.Mapping[str, t.Any]) -> list[str] | None:
    """The same out of the engine's keys."""
    found = [_read_option(option) for option in host.get("SecurityOpt") or ()]
    if host.get("MaskedPaths") == [] and host.get("ReadonlyPaths") == []:
        found.append(OPEN_PATHS)
    return found or None
