# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine of an archive as files of ours: a link to its version, links to its programs, units."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import Refused
from ansible_collections.slipway.docker.plugins.module_utils.core.field import (
    Codec,
    Effect,
    Field,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import units
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.facts import (
    HostFacts,
    Placed,
)

SOURCE = "archive"
ROOT = "/opt/slipway/engine"
CURRENT, PREVIOUS = ROOT + "/current", ROOT + "/previous"
PROGRAMS = (
    "containerd",
    "containerd-shim-runc-v2",
    "ctr",
    "docker",
    "docker-init",
    "docker-proxy",
    "dockerd",
    "runc",
)
LINKED = "/usr/local/bin"
ALGORITHM, DIGITS, SHOWN = "sha256:", 64, 12
WHERE = "engine docker.archive"


def shown(value: str) -> str:
    """A checksum as a plan shows it, with what is told after it."""
    start = len(ALGORITHM)
    return repr(value[: start + SHOWN] + value[start + DIGITS :])


ARCHIVE = Field("archive", Codec({"type": "raw"}, show=shown), effect=Effect.RESTART)
LINKS = Field("links", Codec({"type": "raw"}, show=str), effect=Effect.UPDATE)
FIELDS = (ARCHIVE, LINKS)


def digest(fields: t.Mapping[str, t.Any]) -> str:
    """The hexadecimal digits of the archive that is wanted; empty where none is."""
    return str(fields.get(ARCHIVE.name) or "")[len(ALGORITHM) :]


def version(host: HostFacts) -> str:
    """The digits of the archive that the engine is run from; empty where it is no archive's."""
    return host.files[CURRENT].text or "" if CURRENT in host.files else ""


def links() -> dict[str, str]:
    """Where each link to a program leads."""
    return {
        "{0}/{1}".format(LINKED, name): "{0}/bin/{1}".format(CURRENT, name) for name in PROGRAMS
    }


def places() -> tuple[Placed, ...]:
    """All files of ours, as if none were there."""
    ways = (PREVIOUS, CURRENT, *links())
    return (
        *(Placed(path) for path in units.texts(LINKED)),
        *(Placed(path, is_link=True) for path in ways),
    )


def found(host: HostFacts) -> dict[str, t.Any]:
    """What is there of an archive's engine, with what isn't as we left it."""
    right = [path for path, target in links().items() if host.files[path].text == target]
    values: dict[str, t.Any] = {}
    if version(host):
        values[ARCHIVE.name] = "; ".join([ALGORITHM + version(host), *_blemishes(host)])
    if right:
        wrong = [path.rpartition("/")[2] for path in links() if path not in right]
        values[LINKS.name] = " without ".join([LINKED, *([", ".join(wrong)] if wrong else [])])
    return values


def placements(
    host: HostFacts, fields: t.Mapping[str, t.Any], changed: t.Collection[str]
) -> tuple[Placed, ...]:
    """The files of ours that are not as wanted, as they shall be."""
    shall: list[Placed] = []
    if ARCHIVE.name in changed:
        shall += [*_units(host), *_version(host, digest(fields))]
    if LINKS.name in changed:
        shall += [Placed(path, target, is_link=True) for path, target in links().items()]
    return tuple(file for file in shall if file.text != host.files[file.path].text)


def leaving(host: HostFacts) -> tuple[Placed, ...]:
    """The files of ours that are there, as gone."""
    return tuple(
        place for place in places() if place.path in host.files and _is_ours(host.files[place.path])
    )


def refuse_foreign(host: HostFacts) -> Refused | None:
    """A refusal where somebody else's file stands at a place of ours."""
    foreign = [
        place.path
        for place in places()
        if host.files[place.path].text is not None and not _is_ours(host.files[place.path])
    ]
    if not foreign:
        return None
    return Refused(
        WHERE,
        "{0}: there already, and not ours".format(", ".join(foreign)),
        "nothing was touched; move it away, and run again",
    )


def refuse_switch(host: HostFacts) -> Refused | None:
    """A refusal of packages where the engine is an archive's."""
    if not version(host):
        return None
    return Refused(
        "engine docker.source",
        "the engine on this host is an archive's ({0})".format(shown(ALGORITHM + version(host))),
        "nothing was touched; run once with state: absent, which leaves what it holds, and then again",
    )


def _blemishes(host: HostFacts) -> list[str]:
    there = host.archive.there.get(version(host))
    programs = (
        ["not unpacked"] if there is None else ["{0} replaced".format(name) for name in there]
    )
    changed = ["{0} changed".format(file.path.rpartition("/")[2]) for file in _units(host)]
    return programs + changed


def _units(host: HostFacts) -> list[Placed]:
    """The units that are not as we write them, as they shall be."""
    shall = units.texts(LINKED).items() if host.has_systemd else ()
    return [Placed(path, text) for path, text in shall if host.files[path].text != text]


def _version(host: HostFacts, wanted: str) -> list[Placed]:
    """The link to the version, and the one that says which was before."""
    now = version(host)
    before = [Placed(PREVIOUS, now, is_link=True)] if now and now != wanted else []
    return [*before, Placed(CURRENT, wanted, is_link=True)]


def _is_ours(file: Placed) -> bool:
    if file.text is None:
        return False
    if not file.is_link:
        return units.is_ours(file.text)
    return file.text == links()[file.path] if file.path in links() else len(file.text) == DIGITS
