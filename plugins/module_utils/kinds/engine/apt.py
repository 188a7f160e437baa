# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The work of apt: no questions, and no engine that starts before its configuration is there."""

from __future__ import annotations

import contextlib
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import StepError
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import versions
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.orders import (
    Order,
    Packages,
)

POLICY, POLICY_ASIDE = "/usr/sbin/policy-rc.d", "/usr/sbin/policy-rc.d.slipway"
MARK = "# slipway.docker: keep the engine from starting before its configuration is there"
# The process id makes it harmless where a killed run leaves it behind.
POLICY_TEXT = """\
#!/bin/sh
{mark}
if kill -0 {pid} 2>/dev/null; then
  for word in "$@"; do
    case $word in docker|docker.service|docker.socket) exit 101 ;; esac
  done
fi
[ -x {aside} ] || exit 0
exec {aside} "$@"
"""
LOCK_TIMEOUT = 300
NETWORK_TIMEOUT = 3600
APT = (
    "apt-get",
    "--assume-yes",
    "--quiet",
    "-o",
    "DPkg::Lock::Timeout={0}".format(LOCK_TIMEOUT),
    "-o",
    "Dpkg::Options::=--force-confdef",
    "-o",
    "Dpkg::Options::=--force-confold",
)
# Recommended packages stay away (git and needrestart among them): the table has those that matter.
INSTALL = (*APT, "--no-install-recommends")
REFRESH = (*APT, "update")
STATES = "${Package} ${db:Status-Status} ${Version} ${db:Status-Want}\n"
ARCHIVES = "/var/cache/apt/archives"
ENVIRONMENT = {
    "DEBIAN_FRONTEND": "noninteractive",
    "DEBCONF_NONINTERACTIVE_SEEN": "true",
    "APT_LISTCHANGES_FRONTEND": "none",
    "NEEDRESTART_MODE": "l",
    "NEEDRESTART_SUSPEND": "1",
    "UCF_FORCE_CONFFOLD": "1",
}
LOCKED = "Could not get lock"
INTERRUPTED = "dpkg was interrupted"


def look(outside: t.Any, names: t.Sequence[str]) -> Packages:
    """Those of the packages that are wholly installed, and which of them are held."""
    ran = outside.run(["dpkg-query", "--show", "--showformat", STATES, *names])
    found = [line.split() for line in ran.out.splitlines()]
    there = [state for state in found if len(state) > 2 and state[1] == "installed"]
    held = tuple(state[0] for state in there if state[3:] == ["hold"])
    return Packages({state[0]: state[2] for state in there}, held)


def install(outside: t.Any, order: Order) -> None:
    """Have packages as an order says, in one transaction."""
    updated = _run(outside, REFRESH)
    words = [*_flags(order), "install", *_words(outside, order)]
    if order.goes:
        trial = outside.run([*INSTALL, "--simulate", *words], environment=ENVIRONMENT)
        _refuse_others("apt-get install", trial, {*order.goes, *order.names})
    with held_back(outside):
        ran = _run(outside, [*INSTALL, *words])
    if not ran.ok:
        evidence = {
            "apt-get install": _tail(ran),
            "apt-get update": [] if updated.ok else _tail(updated),
        }
        where, hint = " ".join(order.names), "mend what apt complains about, and run again"
        raise StepError("apt-get install {0}".format(where), _reason(ran), hint, evidence)


def offered(outside: t.Any, name: str) -> list[str]:
    """The versions of a package that can be had, newest first."""
    rows = (
        line.split("|") for line in outside.run(["apt-cache", "madison", name]).out.splitlines()
    )
    found = (row[1].strip() for row in rows if len(row) == 3 and row[2].endswith("Packages"))
    return list(dict.fromkeys(found))


def refresh(outside: t.Any, path: str) -> None:
    """Fetch what one repository offers, and nothing of the others."""
    only = ("Dir::Etc::sourcelist=" + path, "Dir::Etc::sourceparts=-", "APT::Get::List-Cleanup=0")
    strict = (*only, "APT::Update::Error-Mode=any")
    ran = _run(outside, [*APT, *(word for each in strict for word in ("-o", each)), "update"])
    if not ran.ok:
        hint = "mend repository.url, repository.suite or the network, and run again"
        raise StepError(path, _reason(ran), hint, {"apt-get update": _tail(ran)})


def hold(outside: t.Any, names: t.Sequence[str]) -> None:
    """Have packages stay at their version, whoever upgrades the host."""
    _mark(outside, "hold", names)


def release(outside: t.Any, names: t.Sequence[str]) -> None:
    """Let packages be upgraded again."""
    _mark(outside, "unhold", names)


def remove(outside: t.Any, names: t.Sequence[str]) -> None:
    """Remove packages, unless others would have to go with them; their data and settings stay."""
    trial = outside.run([*APT, "--simulate", "remove", *names], environment=ENVIRONMENT)
    _refuse_others("apt-get remove", trial, set(names))
    ran = _run(outside, [*APT, "remove", *names])
    if not ran.ok:
        raise StepError(
            "apt-get remove {0}".format(" ".join(names)),
            _reason(ran),
            evidence={"apt-get remove": _tail(ran)},
        )


@contextlib.contextmanager
def held_back(outside: t.Any) -> t.Iterator[None]:
    """While this lasts, no package starts the engine; a policy that was there decides all else."""
    restore(outside)
    policy = outside.read_bytes(POLICY)
    if policy is not None:
        outside.write(POLICY_ASIDE, policy, mode=outside.mode_of(POLICY) or 0o755)
    text = POLICY_TEXT.format(mark=MARK, pid=outside.machine.process, aside=POLICY_ASIDE)
    outside.write(POLICY, text.encode(), mode=0o755)
    try:
        yield
    finally:
        restore(outside)


def is_held_back(outside: t.Any) -> bool:
    """Whether our policy is in place."""
    return MARK.encode() in (outside.read_bytes(POLICY) or b"")


def restore(outside: t.Any) -> None:
    """Take our policy away, also a killed run's, and put back the one that was there."""
    if is_held_back(outside):
        aside = outside.read_bytes(POLICY_ASIDE)
        if aside is None:
            outside.remove(POLICY)
        else:
            outside.write(POLICY, aside, mode=outside.mode_of(POLICY_ASIDE) or 0o755)
    outside.remove(POLICY_ASIDE)


def _flags(order: Order) -> list[str]:
    return [
        *([] if order.goes else ["--no-remove"]),
        *(["--allow-downgrades"] if order.wishes else []),
        *(["--allow-change-held-packages"] if order.unlocks else []),
    ]


def _words(outside: t.Any, order: Order) -> list[str]:
    """The packages as apt-get wants them said: `docker.io=26.1.5`, `docker-ce-` for one that goes."""
    words = [
        _exactly(outside, name, order.wishes[name]) if name in order.wishes else name
        for name in order.names
    ]
    return [*words, *(name + "-" for name in order.goes)]


def _exactly(outside: t.Any, name: str, wish: str) -> str:
    """A package at a version: one that is offered, or else the file that it once came in."""
    there = offered(outside, name)
    version = versions.choose(wish, there)
    kept = _kept(outside, name, wish)
    if version is None and not kept:
        raise versions.not_offered(name, wish, there)
    return kept if version is None else "{0}={1}".format(name, version)


def _kept(outside: t.Any, name: str, version: str) -> str:
    architecture = outside.run(["dpkg", "--print-architecture"]).out.strip()
    file = "{0}_{1}_{2}.deb".format(name, version.replace(":", "%3a"), architecture)
    path = "{0}/{1}".format(ARCHIVES, file)
    return path if outside.exists(path) else ""


def _mark(outside: t.Any, verb: str, names: t.Sequence[str]) -> None:
    ran = outside.run(["apt-mark", verb, *names], environment=ENVIRONMENT)
    if not ran.ok:
        raise StepError("apt-mark {0}".format(verb), _reason(ran))


def _refuse_others(where: str, trial: t.Any, names: t.AbstractSet[str]) -> None:
    """Refuse what would take packages along that nobody named."""
    gone = [line.split()[1] for line in trial.out.splitlines() if line.startswith("Remv ")]
    others = sorted({name.partition(":")[0] for name in gone} - names)
    if others:
        problem = "other packages need them: {0}".format(", ".join(others))
        raise StepError(where, problem, "remove these first")


def _run(outside: t.Any, command: t.Sequence[str]) -> t.Any:
    """Run apt: again while another holds the lists, and once more after mending a killed one."""
    deadline = outside.now() + LOCK_TIMEOUT
    ran = outside.run(command, timeout=NETWORK_TIMEOUT, environment=ENVIRONMENT)
    if not ran.ok and INTERRUPTED in ran.err:
        outside.run(
            ["dpkg", "--configure", "-a", "--force-confdef", "--force-confold"],
            timeout=NETWORK_TIMEOUT,
            environment=ENVIRONMENT,
        )
        ran = outside.run(command, timeout=NETWORK_TIMEOUT, environment=ENVIRONMENT)
    while not ran.ok and LOCKED in ran.err and outside.now() < deadline:
        outside.pause(1)
        ran = outside.run(command, timeout=NETWORK_TIMEOUT, environment=ENVIRONMENT)
    return ran


def _reason(ran: t.Any) -> str:
    errors = [line[2:].strip() for line in ran.err.splitlines() if line.startswith("E:")]
    return "; ".join(errors[:3]) or "status {0}".format(ran.status)


def _tail(ran: t.Any) -> list[str]:
    return [line for line in (*ran.out.splitlines(), *ran.err.splitlines()) if line.strip()][-12:]
