# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host and its engine, looked at once: packages, daemon.json, service, API."""

from __future__ import annotations

import dataclasses
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
    config,
    notes,
    packages,
    parts,
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
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.fields import FIELDS

APPARMOR = "/sys/module/apparmor/parameters/enabled"
PACKAGE_STATES = "${Package} ${db:Status-Status} ${Version}\n"


def observe(outside: t.Any, survey: Survey) -> dict[str, Found]:
    """What the engine stands on (`host`), and the engine (`docker`) if there is any of it."""
    extra = [name for resource in survey.wanted for name in resource.options.get("packages", ())]
    host = look_at_host(outside, extra)
    host = dataclasses.replace(host, archive=look_at_archives(outside, survey.wanted))
    engine = look_at_engine(outside, host.has_systemd)
    found = {HOST: Found("engine", HOST, facts={"seen": host})}
    if (
        engine.runs
        or engine.config.text is not None
        or any(name in host.installed for name in packages.ENGINES)
        or archive.version(host)
    ):
        values = {
            **from_engine(FIELDS, engine.config.values),
            **parts.found(parts.of(host.has_systemd), host.files),
            **archive.found(host),
        }
        found[DOCKER] = Found(
            "engine", DOCKER, DOCKER, values, defaults(engine), facts={"seen": engine}
        )
    return found


def look_at_host(outside: t.Any, extra: t.Sequence[str] = ()) -> HostFacts:
    """What the engine stands on."""
    there = installed(outside, packages.of_interest(extra))
    has_systemd = service.has_systemd(outside)
    return HostFacts(
        is_root=outside.machine.is_root,
        user=outside.machine.user,
        system=system(outside),
        installed=there,
        has_apparmor=(outside.read_bytes(APPARMOR) or b"").startswith(b"Y"),
        has_systemd=has_systemd,
        python=outside.machine.python,
        python_is_packaged=outside.machine.python_is_packaged,
        sdk_problem=sdk_problem(outside, there),
        members=members(outside),
        note=notes.read(outside),
        is_held_back=apt.is_held_back(outside),
        files={
            **parts.look(outside, parts.of(has_systemd)),
            **{place.path: parts.as_is(outside, place) for place in archive.places()},
        },
        has_group=group(outside) is not None,
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
    engine = EngineFacts(
        file, found, version, info, running(outside) if info.get("ContainersRunning") else ()
    )
    return dataclasses.replace(engine, has_data=outside.exists(engine.data_root + "/containers"))


def defaults(engine: EngineFacts) -> dict[str, t.Any]:
    """What the engine took for itself where its file doesn't say."""
    taken = {
        "data-root": engine.info.get("DockerRootDir"),
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


def installed(outside: t.Any, names: t.Sequence[str]) -> dict[str, str]:
    """The versions of those packages that are wholly installed."""
    ran = outside.run(["dpkg-query", "--show", "--showformat", PACKAGE_STATES, *names])
    states = (line.split() for line in ran.out.splitlines())
    return {state[0]: state[2] for state in states if len(state) == 3 and state[1] == "installed"}


def members(outside: t.Any) -> tuple[str, ...]:
    """Who is in the group docker."""
    return tuple(name for name in (group(outside) or "").split(",") if name)


def group(outside: t.Any) -> str | None:
    """The members of the group docker as the file has them; None where there is no such group."""
    for line in (outside.read_bytes("/etc/group") or b"").decode("utf-8", "replace").splitlines():
        parts = line.split(":")
        if parts[0] == DOCKER and len(parts) == 4:
            return parts[3]
    return None


def running(outside: t.Any) -> tuple[str, ...]:
    """The names of the containers that run."""
    found = outside.local.get("/containers/json") or []
    return tuple(
        sorted(container["Names"][0].lstrip("/") for container in found if container.get("Names"))
    )
