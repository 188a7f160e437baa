# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a package manager is asked and told."""

from __future__ import annotations

import dataclasses
import typing as t


@dataclasses.dataclass(frozen=True)
class Packages:
    """The packages that are installed, with their versions, and those that are held."""

    installed: t.Mapping[str, str]
    held: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True)
class Order:
    """What is to be had in one transaction.

    ``wishes``: the versions by package, whole or begun; ``goes``: packages that give way;
    ``unlocks``: those that are held may change as well, since it was us who held them.
    """

    names: tuple[str, ...]
    wishes: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    goes: tuple[str, ...] = ()
    unlocks: bool = False


def order(payload: t.Mapping[str, t.Any]) -> Order:
    """The order that a step's payload is."""
    names = (field.name for field in dataclasses.fields(Order))
    return Order(**{name: payload[name] for name in names if name in payload})
