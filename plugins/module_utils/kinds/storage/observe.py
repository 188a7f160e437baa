# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Storages as the host has them: units, mounts, and what each share says within a bounded time."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import Unreachable
from ansible_collections.slipway.docker.plugins.module_utils.core.kind import Survey
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Found, Resource
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage import (
    facts,
    mountinfo,
    packages,
    probing,
    units,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage.drivers import DRIVERS
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage.fields import (
    AS_WRITTEN,
    BY_HAND,
)

MOUNTS = "/proc/self/mountinfo"
ENGINE_PID = "/var/run/docker.pid"
DATA = "/volumes/{0}/_data"
PROPERTIES = "--property=Id,ActiveState,UnitFileState"
REACH = """\
import os, socket, sys
kind, what = sys.argv[1:3]
if kind == "path":
    problem = "" if os.path.isdir(what) else "no such directory"
    if not problem and os.path.realpath(what) != what:
        problem = "it leads through a link to " + os.path.realpath(what)
else:
    try:
        problem = "" if socket.getaddrinfo(what, None) else "no address"
    except OSError as error:
        problem = str(error)
print(problem)
"""


def observe(outside: t.Any, survey: Survey) -> dict[str, Found]:
    """What all storages stand on (`@host`), and those that there is anything of."""
    host = look_at_host(outside)
    answers = _answers(outside, survey.wanted, host)
    states = _unit_states(outside, survey.wanted) if host.has_systemd else {}
    containers = _containers(outside)
    found = {facts.HOST: Found("storage", facts.HOST, facts={"host": host})}
    seen = {}
    for wanted in survey.wanted:
        parts = (host, answers, states, containers)
        seen[wanted.name] = _see(outside, wanted, *parts)
    for name, each in seen.items():
        fields = told(name, each)
        if fields is not None or each.is_mounted:
            found[name] = Found("storage", name, name, fields or {})
    found[facts.HOST].facts["seen"] = seen  # type: ignore[index]
    return found


def look_at_host(outside: t.Any) -> facts.HostSeen:
    """What every storage stands on."""
    fstab = (_text(outside, "/etc/fstab") or "").splitlines()
    lines = [line.split() for line in fstab if not line.lstrip().startswith("#")]
    return facts.HostSeen(
        is_root=outside.machine.is_root,
        user=outside.machine.user,
        has_systemd=bool(outside.exists("/run/systemd/system")),
        system=packages.system(_text(outside, "/etc/os-release") or ""),
        identity=(_text(outside, "/etc/machine-id") or "").strip(),
        installed=packages.installed(outside),
        mounts=mountinfo.parse(_text(outside, MOUNTS) or ""),
        fstab=frozenset(words[1] for words in lines if len(words) > 1),
    )


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


def _is_as_written(name: str, seen: facts.Seen, fields: t.Mapping[str, t.Any]) -> bool:
    if not all(each in fields for each in units.IN_UNIT):
        return False
    wanted = units.wanted(name, fields)
    return all(
        wanted[path].text == file.text
        for path, file in seen.files.items()
        if not units.is_secret_file(name, path)
    )


def _see(
    outside: t.Any,
    wanted: Resource,
    host: facts.HostSeen,
    answers: t.Mapping[str, t.Any],
    states: t.Mapping[str, t.Mapping[str, str]],
    containers: t.Sequence[t.Any],
) -> facts.Seen:
    name = wanted.name
    files = {path: _file(outside, path) for path in units.paths(name)}
    ours = [
        path[len(facts.UNITS) :]
        for path in (facts.UNITS + facts.mount_unit(name), facts.UNITS + facts.service_unit(name))
        if units.parse(files[path].text) is not None
    ]
    unit = ours[0] if ours else ""
    layers = mountinfo.at(host.mounts, facts.point(name))
    using = {each["Id"]: each for each in containers if name in _volumes(each)}
    state = states.get(unit, {})
    guard, litter = (None, ()) if layers else _bare(outside, facts.point(name))
    return facts.Seen(
        unit=unit,
        is_active=state.get("ActiveState") == "active",
        is_enabled=state.get("UnitFileState") == "enabled",
        files=files,
        layers=layers,
        data=_data(_mounts_of_engine(outside) or host.mounts, name),
        below=mountinfo.below(host.mounts, facts.point(name)),
        guard=guard,
        litter=litter,
        answer=probing.read(answers[name]) if name in answers else facts.Answer(),
        running={_called(each): id for id, each in using.items() if each["State"] == "running"},
        all={_called(each): id for id, each in using.items()},
        stopped=tuple((_text(outside, facts.STATE + name + ".stopped") or "").split()),
        where=_unreached(answers.get(name + " source")),
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
        driver = DRIVERS.get(each.options["declares"])
        if driver is not None and each.state != "absent" and driver.name != "rclone":
            kind = "server" if driver.has_address else "path"
            words = [outside.machine.python, "-c", REACH, kind, each.options[kind]]
            asked[each.name + " source"] = words
    answered: dict[str, t.Any] = outside.probe(asked, probing.PATIENCE) if asked else {}
    return answered


def _unreached(ran: t.Any) -> str:
    return "" if ran is None else (ran.out.strip() if ran.status == 0 else ran.err.strip())


def _unit_states(outside: t.Any, wanted: t.Sequence[Resource]) -> dict[str, dict[str, str]]:
    names = [unit(each.name) for each in wanted for unit in (facts.mount_unit, facts.service_unit)]
    ran = outside.run(["systemctl", "show", *names, PROPERTIES])
    blocks = [
        dict(line.split("=", 1) for line in block.splitlines() if "=" in line)
        for block in ran.out.split("\n\n")
    ]
    return {block["Id"]: block for block in blocks if "Id" in block}


def _containers(outside: t.Any) -> list[t.Any]:
    try:
        return outside.engine.get("/containers/json", all=True) or []
    except Unreachable:
        # An engine that is to be made has none; one that is dead is told of by its volumes.
        return []


def _volumes(container: t.Mapping[str, t.Any]) -> list[str]:
    mounts = container.get("Mounts") or []
    return [mount["Name"] for mount in mounts if mount.get("Type") == "volume"]


def _called(container: t.Mapping[str, t.Any]) -> str:
    return str((container.get("Names") or [container["Id"][:12]])[0]).lstrip("/")


def _mounts_of_engine(outside: t.Any) -> tuple[mountinfo.Mount, ...]:
    """The mounts as the engine sees them, which may live in a namespace of its own."""
    pid = (_text(outside, ENGINE_PID) or "").strip()
    if not pid.isdigit():
        return ()
    try:
        return mountinfo.parse(_text(outside, "/proc/{0}/mountinfo".format(pid)) or "")
    except OSError:
        return ()


def _data(mounts: t.Sequence[mountinfo.Mount], name: str) -> tuple[mountinfo.Mount, ...]:
    ending = DATA.format(name)
    return tuple(mount for mount in mounts if mount.point.endswith(ending))


def _bare(outside: t.Any, path: str) -> tuple[int | None, tuple[str, ...]]:
    """Mode and content of a mount point on which nothing is mounted."""
    mode = outside.mode_of(path)
    if mode is None:
        return None, ()
    return mode, tuple(outside.guards.content(path))


def _file(outside: t.Any, path: str) -> facts.File:
    text = _text(outside, path)
    return facts.File(path, text, outside.mode_of(path) or 0o644)


def _text(outside: t.Any, path: str) -> str | None:
    data = outside.read_bytes(path)
    return None if data is None else data.decode("utf-8", "surrogateescape")
