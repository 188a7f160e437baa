# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is refused before anything is touched: hosts, sources and settings."""

from __future__ import annotations

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError, Refused
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Request
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Resource
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import (
    archive,
    keys,
    moving,
    packages,
    remote_api,
    repository,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.facts import (
    BY_HAND,
    CONFIG_PATH,
    DOCKER,
    EngineFacts,
    HostFacts,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.fields import (
    SETTLED_BY_FIRST_START,
)

WHERE = "engine docker"
REPLACE = (
    "nothing was touched; to have them replaced, set replace to true: what they run stops,"
    " what they hold stays"
)
ABSENT_FIRST = (
    "nothing was touched; run once with their source and state: absent, which leaves what they hold"
)
GROUP_SIGNS = (":", ",", "/", " ", "\n")


def check(wanted: Resource) -> None:
    """Refuse what can be told from the declaration alone."""
    if wanted.name != DOCKER:
        raise InputError(wanted.identity, "a host has one engine", "its name is {0}".format(DOCKER))
    repository.check(wanted.options.get("repository") or {})
    for user in wanted.options.get("users", ()):
        if not user or user.startswith("-") or any(sign in user for sign in GROUP_SIGNS):
            raise InputError(
                WHERE + ".users", "found {0!r}".format(user), "accepted is the name of an account"
            )


def refuse(request: Request, host: HostFacts, engine: EngineFacts | None) -> packages.Source:
    """The row of the source, or a refusal of what this host can't become."""
    source = _source(request, host)
    if request.wanted.state == "absent":
        _refuse_removal(engine)
        return source
    for problem in (
        _conflicts(request, source, host),
        _archived(source, host),
        _foreign(host, engine),
        _sdk(request, host),
        _config(engine),
        remote_api.problem(host, engine) if remote_api.NAME in request.wanted.fields else None,
        _masked(engine),
    ):
        if problem is not None:
            raise problem
    asked = request.wanted.fields.get("version") or ""
    keys.check_versions(request.wanted.fields, keys.version(host, engine, asked))
    _refuse_settled(request, host, engine)
    return source


def _source(request: Request, host: HostFacts) -> packages.Source:
    if not host.is_root:
        raise InputError(
            WHERE,
            "it needs root, and this run is {0!r}".format(host.user),
            "add become: true to the play, or log in as root",
        )
    name = request.wanted.fields.get("source", packages.NAMES[0])
    source = packages.choose(name, host)
    if source is None:
        called = host.system.get("PRETTY_NAME") or host.system.get("ID") or "unknown"
        known = sorted(
            {
                distribution
                for row in packages.SOURCES
                if row.name == name
                for distribution in row.distributions
            }
        )
        raise InputError(
            WHERE + ".source",
            "{0!r} is not supported on this host yet ({1})".format(name, called),
            "supported are: {0}".format(", ".join(known)),
        )
    return source


def _conflicts(request: Request, source: packages.Source, host: HostFacts) -> Refused | None:
    names = packages.in_the_way(source, host)
    is_archive = source.name == archive.SOURCE
    if not names or (request.wanted.options.get("replace") and not is_archive):
        return None
    found = ", ".join("{0} {1}".format(name, host.installed[name]) for name in names)
    return Refused(
        WHERE + ".source",
        "another engine's packages are installed: {0}".format(found),
        ABSENT_FIRST if is_archive else REPLACE,
    )


def _archived(source: packages.Source, host: HostFacts) -> InputError | Refused | None:
    """What stands between an archive's engine and this source."""
    if source.name != archive.SOURCE:
        return archive.refuse_switch(host)
    if host.archive.problem:
        hint = "nothing was touched; look at archive.file and archive.checksum"
        return InputError(archive.WHERE, host.archive.problem, hint)
    return archive.refuse_foreign(host)


def _foreign(host: HostFacts, engine: EngineFacts | None) -> InputError | None:
    if (
        engine is None
        or not engine.runs
        or (host.note.pending and host.note.engine == engine.service.pid)
        or packages.engine_of(host)
        or archive.version(host)
    ):
        return None
    what = " ".join(engine.service.command) or "version {0}".format(
        engine.version.get("Version", "unknown")
    )
    return InputError(
        WHERE,
        "an engine runs that no package brought ({0})".format(what),
        "stop and remove it first, or leave the engine role out",
    )


def _sdk(request: Request, host: HostFacts) -> InputError | None:
    if not (request.wanted.options.get("sdk", True) and host.sdk_problem):
        return None
    if host.python_is_packaged and packages.SDK not in host.installed:
        return None
    return InputError(
        WHERE + ".sdk",
        "{0} can't import the Docker SDK ({1}), and no package can mend that".format(
            host.python, host.sdk_problem
        ),
        "type: {0} -m pip install docker; or set ansible_python_interpreter to"
        " /usr/bin/python3, or sdk to false".format(host.python),
    )


def _config(engine: EngineFacts | None) -> InputError | None:
    if engine is None or not engine.config.problem:
        return None
    return InputError(
        CONFIG_PATH, engine.config.problem, "mend it by hand, or move it away; nothing was touched"
    )


def _masked(engine: EngineFacts | None) -> InputError | None:
    if engine is None or not engine.service.is_masked:
        return None
    return InputError(WHERE, "its service is masked", "type: systemctl unmask docker.service")


def _refuse_settled(request: Request, host: HostFacts, engine: EngineFacts | None) -> None:
    if engine is None or not (engine.runs or engine.has_data):
        return
    for change in request.changes:
        if change.field == moving.KEY and engine.move is not None:
            moving.refuse(engine.move, host, engine)
        elif change.field in SETTLED_BY_FIRST_START:
            raise Refused(
                "{0}.config.{1}".format(WHERE, change.field),
                "this engine has run without it: its containers and images would be out of sight",
                SETTLED_BY_FIRST_START[change.field],
            )


def _refuse_removal(engine: EngineFacts | None) -> None:
    if engine is not None and engine.service.manager == BY_HAND:
        pid = engine.service.pid
        raise Refused(
            WHERE,
            "it was started by hand{0}, and isn't ours to stop".format(
                " (pid {0})".format(pid) if pid else ""
            ),
            "stop it first, and run again",
        )
