# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Storages as the host has them: units, mounts, and what each share says within a bounded time."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.kind import Survey
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Found, Resource
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage import (
    facts,
    looking,
    mountinfo,
    probing,
    units,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage.drivers import DRIVERS
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage.fields import (
    AS_WRITTEN,
    BY_HAND,
)

DATA = "/volumes/{0}/_data"
SOURCE = "the source of {0}"


def observe(outside: t.Any, survey: Survey) -> dict[str, Found]:
    """What all storages stand on (`@host`), and those that there is anything of."""
    known = _look(outside, survey.wanted)
    seen = {wanted.name: _see(outside, wanted.name, known) for wanted in survey.wanted}
    found = {facts.HOST: Found("storage", facts.HOST, facts={"host": known.host, "seen": seen})}
    for name, each in seen.items():
        fields = told(name, each)
        if fields is not None or each.is_mounted:
            found[name] = Found("storage", name, name, fields or {})
    return found


def told(name: str, seen: facts.Seen) -> dict[str, t.Any] | None:
    """The fields of a storage by its unit and its share; None where no unit of ours is there."""
    fields = units.parse(seen.files[facts.UNITS + seen.unit].text) if seen.unit else None
    if fields is None:
        return None
    secret = {
        path.rpartition("/")[2]: file.text
        for path, file in seen.files.items()
        # A file that others may read isn't as we write it, so it counts as none.
        if units.is_secret_file(name, path) and file.text is not None and file.mode == 0o600
    }
    known = {**fields, **({"secret": secret} if secret else {})}
    if seen.answer.marker is not None:
        known["share"] = seen.answer.marker
    return {**known, "files": AS_WRITTEN if _is_as_written(name, seen, known) else BY_HAND}


@dataclasses.dataclass(frozen=True)
class _Known:
    """What was asked once for all storages; ``answers`` are those of the children, by name."""

    host: facts.HostSeen
    answers: t.Mapping[str, t.Any]
    enabled: frozenset[str]
    users: tuple[facts.User, ...]


def _look(outside: t.Any, wanted: t.Sequence[Resource]) -> _Known:
    host = looking.host(outside)
    names = [unit for each in wanted for unit in facts.units(each.name)]
    return _Known(
        host,
        _answers(outside, wanted, host),
        looking.enabled(outside, names if host.has_systemd else ()),
        looking.containers(outside),
    )


def _see(outside: t.Any, name: str, known: _Known) -> facts.Seen:
    files = {path: looking.file(outside, path) for path in units.paths(name)}
    ours = [
        unit
        for unit in facts.units(name)
        if units.parse(files[facts.UNITS + unit].text) is not None
    ]
    unit, point, answers = (ours or [""])[0], facts.point(name), known.answers
    users = [user for user in known.users if name in user.volumes]
    ending, stopped = DATA.format(name), looking.text(outside, facts.note(name))
    seen = facts.Seen(
        unit=unit,
        is_enabled=unit in known.enabled,
        files=files,
        layers=mountinfo.at(known.host.mounts, point),
        data=tuple(each for each in known.host.mounts_of_engine if each.point.endswith(ending)),
        below=mountinfo.below(known.host.mounts, point),
        answer=probing.read(answers[name]) if name in answers else facts.Answer(),
        running={user.name: user.id for user in users if user.is_running},
        all={user.name: user.id for user in users},
        stopped=tuple((stopped or "").split()),
        where=_unreached(answers.get(SOURCE.format(name))),
    )
    return seen if seen.is_mounted else _with_guard(outside, point, seen)


def _with_guard(outside: t.Any, point: str, seen: facts.Seen) -> facts.Seen:
    """What nothing is mounted on can be looked at without asking any server."""
    mode = outside.mode_of(point)
    litter = () if mode is None else tuple(outside.guards.content(point))
    return dataclasses.replace(seen, guard=mode, litter=litter)


def _is_as_written(name: str, seen: facts.Seen, fields: t.Mapping[str, t.Any]) -> bool:
    if not all(each in fields for each in units.IN_UNIT):
        return False
    wanted = units.wanted(name, fields)
    return all(
        wanted[path].text == file.text
        for path, file in seen.files.items()
        if not units.is_secret_file(name, path)
    )


def _answers(
    outside: t.Any, wanted: t.Sequence[Resource], host: facts.HostSeen
) -> dict[str, t.Any]:
    """All that may hang is asked at once, so that many dead servers cost no more than one."""
    asked: dict[str, list[str]] = {}
    for each in wanted:
        if mountinfo.at(host.mounts, facts.point(each.name)):
            subdir = each.options["subdir"]
            asked[each.name] = probing.command(outside, probing.LOOK, each.name, subdir)
        what = _to_reach(each)
        if what:
            words = [outside.machine.python, "-c", probing.REACH, *what]
            asked[SOURCE.format(each.name)] = words
    answered: dict[str, t.Any] = outside.probe(asked, probing.PATIENCE) if asked else {}
    return answered


def _to_reach(wanted: Resource) -> tuple[str, ...]:
    driver = DRIVERS.get(wanted.options["declares"])
    if driver is None or wanted.state == "absent" or (driver.is_remote and not driver.has_address):
        return ()
    kind = "server" if driver.has_address else "path"
    return (kind, wanted.options[kind])


def _unreached(ran: t.Any) -> str:
    if ran is None:
        return ""
    return str(ran.out if ran.status == 0 else ran.err).strip()
