# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of package managers: what each is asked, and how it is told."""

from __future__ import annotations

import dataclasses
import functools
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import apt, commands
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.orders import (
    Order,
    Packages,
)

Names = t.Sequence[str]


@dataclasses.dataclass(frozen=True)
class PackageManager:
    """One package manager; each function is handed the outside.

    ``install`` also upgrades and downgrades; ``refresh`` fetches what one repository offers.
    """

    look: t.Callable[[t.Any, Names], Packages]
    install: t.Callable[[t.Any, Order], None]
    remove: t.Callable[[t.Any, Names], None]
    refresh: t.Callable[[t.Any, str], None]
    hold: t.Callable[[t.Any, Names], None]
    release: t.Callable[[t.Any, Names], None]


def by_words(words: commands.Commands) -> PackageManager:
    """A package manager that is a row of words."""
    return PackageManager(
        functools.partial(commands.look, words),
        functools.partial(commands.install, words),
        functools.partial(commands.remove, words),
        functools.partial(commands.refresh, words),
        functools.partial(commands.hold, words),
        functools.partial(commands.release, words),
    )


MANAGERS = {
    "apt": PackageManager(apt.look, apt.install, apt.remove, apt.refresh, apt.hold, apt.release),
    **{name: by_words(words) for name, words in commands.TABLE.items()},
}
# Debian and all that is derived from it; others are named.
USUAL = "apt"
DISTRIBUTIONS = {
    "fedora": "dnf",
    "rhel": "dnf",
    "centos": "dnf",
    "rocky": "dnf",
    "almalinux": "dnf",
    "opensuse-leap": "zypper",
    "opensuse-tumbleweed": "zypper",
    "alpine": "apk",
}


def of(system: t.Mapping[str, str]) -> str:
    """The name of a distribution's package manager."""
    return DISTRIBUTIONS.get(system.get("ID", ""), USUAL)
