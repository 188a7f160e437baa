# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a running engine has to become another one: its version, its source, or what is installed."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.diff import Change
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Request
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import packages, versions
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.facts import (
    BY_HAND,
    EngineFacts,
    HostFacts,
)

OWN = "version"


@dataclasses.dataclass(frozen=True)
class Renewal:
    """What has to become another: ``change`` of the version, packages that give way (``goes``).

    ``replaced``: the same packages, where an engine is among them. ``stale``: another version runs than the one that is installed.
    """

    change: Change | None = None
    goes: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    stale: str = ""

    def replaces(self, host: HostFacts, source: packages.Source) -> dict[str, str]:
        """The packages that are not there any more afterwards, with their versions."""
        changed = packages.engines_own(source, host) if self.change else ()
        return {
            name: host.installed[name]
            for name in (*changed, *self.replaced)
            if name in host.installed
        }

    @property
    def cause(self) -> str:
        """Why the engine that runs has to be restarted."""
        told = [str(self.change)] if self.change else []
        told += ["{0} replaced".format(", ".join(self.replaced))] if self.replaced else []
        return "; ".join([*told, *([self.stale] if self.stale else [])])


def renewal(
    request: Request, host: HostFacts, engine: EngineFacts, source: packages.Source
) -> Renewal:
    """What this request makes of the engine that is there."""
    goes = packages.in_the_way(source, host) if request.wanted.options.get("replace") else ()
    change = _change(request, host, source)
    replaced = goes if {*goes} & {*packages.engines(host.manager)} else ()
    stale = "" if change or replaced else _stale(host, engine)
    return Renewal(change, goes, replaced, stale)


def names(source: packages.Source, host: HostFacts, backwards: bool) -> tuple[str, ...]:
    """The packages that change with the version; what the engine needs goes forwards only."""
    carriers = packages.versioned(source, host)
    chosen = carriers if backwards else packages.engines_own(source, host)
    return tuple(name for name in chosen if name in host.installed)


def refuse_foreign_holds(host: HostFacts, chosen: t.Iterable[str]) -> None:
    """Refuse to change what somebody else holds."""
    held = [name for name in chosen if name in host.held and name not in host.note.held]
    if held:
        raise InputError(
            "engine docker",
            "{0} held, and not by us".format(" and ".join(held) + (" are" if held[1:] else " is")),
            "let go of what shall change (apt-mark unhold {0}), and run again".format(
                " ".join(held)
            ),
        )


def _change(request: Request, host: HostFacts, source: packages.Source) -> Change | None:
    found = packages.engine_of(host)
    change = next((each for each in request.changes if each.field == OWN), None)
    if change is None or found not in packages.versioned(source, host):
        return None
    wish = request.wanted.fields[OWN]
    return dataclasses.replace(change, before=repr(versions.shown(wish, host.installed[found])))


def _stale(host: HostFacts, engine: EngineFacts) -> str:
    """What is installed takes effect with a restart, and the package may have held it back."""
    found = host.installed.get(packages.engine_of(host), "")
    runs, there = versions.number(engine.version.get("Version", "")), versions.number(found)
    if not runs or not there or runs == there or engine.service.manager == BY_HAND:
        return ""
    return "version {0} runs, {1} is installed".format(runs, there)
