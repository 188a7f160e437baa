# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host and its engine, looked at once: packages, daemon.json, service, API."""

from __future__ import annotations

import dataclasses
import re
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.field import from_engine
from ansible_collections.slipway.docker.plugins.module_utils.core.kind import Survey
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import (
    Found,
    Resource,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import (
    apt,
    archive,
    certificate,
    config,
    listing,
    managers,
    moving,
    notes,
    packages,
    parts,
    remapping,
    remote_api,
    restraint,
    service,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.facts import (
    CONFIG_PATH,
    DOCKER,
    HOST,
    ArchiveFacts,
    EngineFacts,
    HostFacts,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.fields import (
    FIELDS,
    VERSION,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.kernel import (
    live as kernel,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.ports import live as ports

APPARMOR = "/sys/module/apparmor/parameters/enabled"
LOOPBACK = re.compile(r"127\.|::1\Z")


def observe(outside: t.Any, survey: Survey) -> dict[str, Found]:
    """What the engine stands on (`host`), and the engine (`docker`) if there is any of it."""
    wanted = next((each.fields for each in survey.wanted if each.name == DOCKER), {})
    host = dataclasses.replace(
        look_at_host(outside, survey.wanted),
        remap=remapping.look(outside, wanted),
        kernel=kernel.look(outside, wanted),
        archive=look_at_archives(outside, survey.wanted),
    )
    if wanted.get(parts.PORTS.field.name):
        host = dataclasses.replace(host, ports=ports.look(outside, host.has_systemd))
    engine = look_at_engine(outside, host.has_systemd)
    engine = dataclasses.replace(engine, move=moving.look(outside, wanted, engine))
    found = {HOST: Found("engine", HOST, facts={"seen": host})}
    name = packages.engine_of(host)
    if engine.runs or engine.config.text is not None or name or archive.version(host):
        values = {
            **from_engine(FIELDS, engine.config.values),
            **({VERSION.name: host.installed[name]} if name else {}),
            **parts.found(host),
            **archive.found(host),
        }
        found[DOCKER] = Found(
            "engine", DOCKER, DOCKER, values, defaults(engine), facts={"seen": engine}
        )
    return found


def look_at_host(outside: t.Any, wanted: t.Iterable[Resource] = ()) -> HostFacts:
    """What the engine stands on."""
    has_systemd = service.has_systemd(outside)
    extra = [name for resource in wanted for name in resource.options.get("packages", ())]
    described = system(outside)
    manager = managers.of(described)
    found = managers.MANAGERS[manager].look(outside, packages.of_interest(extra, manager))
    there, inside = found.installed, group(outside)
    files = parts.look(outside, parts.of(has_systemd))
    listens = any(remote_api.NAME in resource.fields for resource in wanted)
    has_our_unit = has_systemd and (listens or files[remote_api.DROP_IN].text is not None)
    return HostFacts(
        is_root=outside.machine.is_root,
        user=outside.machine.user,
        system=described,
        installed=there,
        has_apparmor=(outside.read_bytes(APPARMOR) or b"").startswith(b"Y"),
        has_systemd=has_systemd,
        python=outside.machine.python,
        python_is_packaged=outside.machine.python_is_packaged,
        sdk_problem=sdk_problem(outside, there),
        members=tuple(name for name in (inside or "").split(",") if name),
        note=notes.read(outside),
        is_held_back=apt.is_held_back(outside) or restraint.is_held_back(outside),
        manager=manager,
        held=found.held,
        repository=listing.look(outside, manager, packages.from_repository(wanted)),
        files={
            **files,
            **{place.path: parts.as_is(outside, place) for place in archive.places()},
        },
        unit=service.unit_files(outside) if has_our_unit else "",
        slots=certificate.look(outside),
        has_group=inside is not None,
    )


def look_at_archives(outside: t.Any, wanted: t.Iterable[Resource]) -> ArchiveFacts:
    """The archives that are unpacked, and, where it isn't among them, the file that is wanted."""
    there, left = outside.archives.look(archive.ROOT)
    for resource in wanted:
        digits = archive.digest(resource.fields)
        given = resource.options.get("archive") or {}
        if digits and given.get("remote") and there.get(digits) != ():
            problem = outside.archives.problem(given["file"], digits)
            return ArchiveFacts(there, left, problem)
    return ArchiveFacts(there, left)


def look_at_engine(outside: t.Any, has_systemd: bool) -> EngineFacts:
    """The engine as it is; one that doesn't run isn't asked, since systemd would start it."""
    file = config.parse(outside.read_bytes(CONFIG_PATH), outside.mode_of(CONFIG_PATH))
    found = service.look(outside, has_systemd)
    version = (outside.local.get("/version") or {}) if found.manager else {}
    info = (outside.local.get("/info") or {}) if version else {}
    there = outside.local.get("/containers/json") if info.get("ContainersRunning") else None
    engine = EngineFacts(file, found, version, info, running(there or ()), published(there or ()))
    return dataclasses.replace(engine, has_data=outside.exists(engine.data_root + "/containers"))


def defaults(engine: EngineFacts) -> dict[str, t.Any]:
    """What the engine took for itself where its file doesn't say."""
    taken = {
        "data-root": engine.data_root if engine.answers or engine.has_data else None,
        "storage-driver": engine.info.get("Driver"),
    }
    return {
        name: value for name, value in taken.items() if value and name not in engine.config.values
    }


def sdk_problem(outside: t.Any, there: t.Mapping[str, str]) -> str:
    """Why the interpreter lacks the SDK; its package is trusted, since importing takes longer."""
    if outside.machine.python_is_packaged and packages.SDK in there:
        return ""
    return str(outside.machine.sdk_problem)


def system(outside: t.Any) -> dict[str, str]:
    """The distribution by its own words (os-release)."""
    text = (
        outside.read_bytes("/etc/os-release") or outside.read_bytes("/usr/lib/os-release") or b""
    ).decode("utf-8", "replace")
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line)
    return {name.strip(): value.strip().strip("\"'") for name, _sign, value in pairs}


def group(outside: t.Any) -> str | None:
    """The members of the group docker as the file has them; None where there is no such group."""
    for line in (outside.read_bytes("/etc/group") or b"").decode("utf-8", "replace").splitlines():
        parts = line.split(":")
        if parts[0] == DOCKER and len(parts) == 4:
            return parts[3]
    return None


def running(containers: t.Iterable[t.Mapping[str, t.Any]]) -> tuple[str, ...]:
    """The names of the containers that run."""
    return tuple(sorted(_name(each) for each in containers if each.get("Names")))


def published(
    containers: t.Iterable[t.Mapping[str, t.Any]],
) -> tuple[tuple[str, int, str], ...]:
    """Which ports of the host lead to which container, those aside that only the host can reach."""
    found = {
        (_name(container), port["PublicPort"], port["Type"])
        for container in containers
        for port in container.get("Ports") or ()
        if port.get("PublicPort") and not LOOPBACK.match(port.get("IP", ""))
    }
    return tuple(sorted(found))


def _name(container: t.Mapping[str, t.Any]) -> str:
    return str(container["Names"][0].lstrip("/"))
