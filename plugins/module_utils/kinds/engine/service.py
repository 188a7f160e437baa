# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of service managers: systemd, Debian's init script, or a supervisor of our own."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import StepError
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import supervisor
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.facts import (
    BY_HAND,
    Service,
)

SYSTEMD, INIT_SCRIPT, SUPERVISED = "systemd", "init script", "supervisor"
UNITS = "/etc/systemd/system/"
UNIT, SOCKET_UNIT = "docker.service", "docker.socket"
SCRIPT = "/etc/init.d/docker"
SCRIPT_PID, ENGINE_PID = "/var/run/docker-ssd.pid", "/var/run/docker.pid"
LOG = "/var/log/docker.log"
STOPPED_WITHIN = 90.0
LAST_WORDS = 8
LAST_LINES = 60
CHATTER = ("level=info", "level=debug", "level=warning", "DOCKER_OPTS")


@dataclasses.dataclass(frozen=True)
class Manager:
    """A way to run the engine; each function is handed the outside."""

    start: t.Callable[[t.Any], None]
    stop: t.Callable[[t.Any], None]
    restart: t.Callable[[t.Any], None]
    last_words: t.Callable[[t.Any], list[str]]


def has_systemd(outside: t.Any) -> bool:
    """Whether systemd runs this host."""
    return bool(outside.exists("/run/systemd/system"))


def candidates(systemd: bool) -> tuple[str, ...]:
    """The managers to try, in their order."""
    return (SYSTEMD,) if systemd else (INIT_SCRIPT, SUPERVISED)


def look(outside: t.Any, systemd: bool) -> Service:
    """Who runs the engine, if anybody does."""
    unit = _unit(outside) if systemd else {}
    state = unit.get("UnitFileState", "")
    enabled, masked = not unit or state == "enabled", state.startswith("masked")
    main = int(unit.get("MainPID") or 0)
    # A unit that waits for its next try is activating as well, but has no process.
    if main and unit.get("ActiveState") in ("active", "reloading", "activating"):
        return Service(SYSTEMD, main, (), enabled, masked)
    for manager, path in (
        (SUPERVISED, supervisor.PID),
        (INIT_SCRIPT, SCRIPT_PID),
        (BY_HAND, ENGINE_PID),
    ):
        pid = supervisor.pid(outside) if manager == SUPERVISED else pid_in(outside, path)
        if pid:
            return Service(manager, pid, tuple(outside.processes.command(pid)), enabled, masked)
    if unit.get("SocketState") != "active" and outside.local.get("/version"):
        return Service(BY_HAND, 0, (), enabled, masked)
    return Service("", 0, (), enabled, masked)


def pid_in(outside: t.Any, path: str) -> int:
    """The process that a pid file names, if it is a living dockerd."""
    text = (outside.read_bytes(path) or b"").strip()
    pid = int(text) if text.isdigit() else 0
    return (
        pid
        if pid and _is_engine(outside.processes.command(pid)) and outside.processes.alive(pid)
        else 0
    )


def is_dead(outside: t.Any) -> bool:
    """Whether nothing is left of an engine that was started without systemd."""
    return not (
        supervisor.pid(outside) or pid_in(outside, SCRIPT_PID) or pid_in(outside, ENGINE_PID)
    )


def start(outside: t.Any, managers: t.Sequence[str]) -> None:
    """Start the engine with the first manager that can."""
    problems: list[StepError] = []
    for name in managers:
        try:
            return MANAGERS[name].start(outside)
        except StepError as error:
            problems.append(error)
    raise problems[0]


def renew(outside: t.Any, name: str) -> None:
    """Start the engine anew from other packages: systemd has lost a socket whose unit was replaced."""
    MANAGERS[name].stop(outside)
    MANAGERS[name].start(outside)


def reload(outside: t.Any, pid: int) -> None:
    """Tell the engine to read its configuration again."""
    outside.processes.send(pid_in(outside, ENGINE_PID) or pid, 1)


def unit_files(outside: t.Any) -> str:
    """The engine's unit in all its files; nothing where there is none."""
    return str(outside.run(["systemctl", "cat", UNIT]).out)


def read_units(outside: t.Any) -> None:
    """Have systemd read its units again, where it runs."""
    if has_systemd(outside):
        _must(outside, ["systemctl", "daemon-reload"])


def let_go(outside: t.Any, names: t.Sequence[str]) -> None:
    """Stop units that are about to go, and have systemd start them no more."""
    if names and has_systemd(outside):
        outside.run(["systemctl", "disable", "--now", *names], timeout=STOPPED_WITHIN * 2)


def last_words(outside: t.Any) -> dict[str, list[str]]:
    """What the engine said last, for an error."""
    name = SYSTEMD if has_systemd(outside) else SUPERVISED
    return {"the engine's last words": MANAGERS[name].last_words(outside)}


def _is_engine(command: t.Sequence[str]) -> bool:
    return bool(command) and command[0].rpartition("/")[2] == "dockerd"


def _unit(outside: t.Any) -> dict[str, str]:
    ran = outside.run(
        [
            "systemctl",
            "show",
            UNIT,
            SOCKET_UNIT,
            "--property=Id,ActiveState,UnitFileState,MainPID,LoadState",
        ]
    )
    blocks = [
        dict(line.split("=", 1) for line in block.splitlines() if "=" in line)
        for block in ran.out.split("\n\n")
    ]
    units = {block.get("Id", ""): block for block in blocks}
    unit, socket = units.get(UNIT, {}), units.get(SOCKET_UNIT, {})
    return {**unit, "SocketState": socket.get("ActiveState", "")}


def _must(outside: t.Any, command: t.Sequence[str]) -> None:
    ran = outside.run(command, timeout=300)
    if not ran.ok:
        said = (ran.err or ran.out).strip().splitlines()[:1]
        raise StepError(
            " ".join(command),
            "; ".join(said) or "status {0}".format(ran.status),
            evidence=last_words(outside),
        )


def _systemd_start(outside: t.Any) -> None:
    _get_ready(outside)
    _must(outside, ["systemctl", "enable", SOCKET_UNIT, UNIT])
    _must(outside, ["systemctl", "start", SOCKET_UNIT, UNIT])


def _systemd_stop(outside: t.Any) -> None:
    _must(outside, ["systemctl", "stop", SOCKET_UNIT, UNIT])
    outside.run(["systemctl", "reset-failed", UNIT, SOCKET_UNIT])


def _systemd_restart(outside: t.Any) -> None:
    _get_ready(outside)
    _must(outside, ["systemctl", "restart", UNIT])


def _get_ready(outside: t.Any) -> None:
    # A run that was killed may have left a unit that systemd hasn't read.
    read_units(outside)
    # A service that has failed too often in a row isn't started again before this.
    outside.run(["systemctl", "reset-failed", UNIT, SOCKET_UNIT])


def _journal(outside: t.Any) -> list[str]:
    ran = outside.run(
        ["journalctl", "-u", UNIT, "-n", str(LAST_LINES), "--no-pager", "--output", "cat"]
    )
    return _complaints(ran.out.splitlines())


def _complaints(lines: t.Sequence[str]) -> list[str]:
    told = [line for line in lines[-LAST_LINES:] if not any(word in line for word in CHATTER)]
    return [line for line in told or lines[-3:] if line.strip()][-LAST_WORDS:]


def _script_start(outside: t.Any) -> None:
    _must(outside, [SCRIPT, "start"])


def _script_stop(outside: t.Any) -> None:
    _must(outside, [SCRIPT, "stop"])


def _script_restart(outside: t.Any) -> None:
    _script_stop(outside)
    _script_start(outside)


def _supervised_start(outside: t.Any) -> None:
    supervisor.start(outside, LOG)


def _supervised_stop(outside: t.Any) -> None:
    supervisor.stop(outside, STOPPED_WITHIN)


def _supervised_restart(outside: t.Any) -> None:
    _supervised_stop(outside)
    _supervised_start(outside)


def _log(outside: t.Any) -> list[str]:
    text = (outside.read_bytes(LOG) or b"").decode("utf-8", "replace")
    return _complaints(text.splitlines())


MANAGERS = {
    SYSTEMD: Manager(_systemd_start, _systemd_stop, _systemd_restart, _journal),
    INIT_SCRIPT: Manager(_script_start, _script_stop, _script_restart, _log),
    SUPERVISED: Manager(_supervised_start, _supervised_stop, _supervised_restart, _log),
}
