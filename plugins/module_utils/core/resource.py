# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What flows: resources as wanted, as found, and as applied by the last run."""

from __future__ import annotations

import dataclasses
import typing as t

NOTHING: t.Mapping[str, t.Any] = {}


def identity(kind: str, name: str) -> str:
    """How a resource is spoken of: ``container shop-web-1``."""
    return "{0} {1}".format(kind, name)


ENGINE = identity("engine", "docker")


@dataclasses.dataclass(frozen=True)
class Fate:
    """What a failure of a resource means to others.

    ``unit``: those that are put back together bear the same; without one it is put back alone.
    ``crew``: those among whom failures are counted, and ``spare`` the share of them that may fail
    without a word but a warning; beyond it ``goes_on`` lets the others go on all the same.
    """

    unit: str = ""
    crew: str = ""
    spare: float = 0.0
    goes_on: bool = False


@dataclasses.dataclass(frozen=True)
class Resource:
    """A resource as it is wanted: ``fields`` in Compose's vocabulary, canonical.

    ``options`` say how to get there (a pull policy, a stop timeout) and are never compared.
    ``needs`` names the resources whose steps come first.
    """

    kind: str
    name: str
    state: str = "present"
    fields: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)
    options: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)
    needs: tuple[str, ...] = ()
    fate: Fate = Fate()

    @property
    def identity(self) -> str:
        return identity(self.kind, self.name)


@dataclasses.dataclass(frozen=True)
class Found:
    """A resource as the host has it, observed once, in the same vocabulary.

    ``defaults``: what a field would be if nobody had asked (an image's environment).
    ``record``: the digests of what was declared at its creation. ``owned``: it carries the
    ownership in question. ``facts``: what only its kind understands.
    """

    kind: str
    name: str
    id: str = ""
    fields: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)
    defaults: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)
    record: t.Mapping[str, str] = dataclasses.field(default_factory=dict)
    owned: bool = False
    facts: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)

    @property
    def identity(self) -> str:
        return identity(self.kind, self.name)


Snapshot = t.Mapping[str, t.Mapping[str, Found]]


def look_up(snapshot: Snapshot, kind: str, name: str) -> Found | None:
    """What was found under a name, or None."""
    return snapshot.get(kind, {}).get(name)
