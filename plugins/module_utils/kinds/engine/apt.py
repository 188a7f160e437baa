# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The work of apt: no questions, and no engine that starts before its configuration is there."""

from __future__ import annotations

import contextlib
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import StepError

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
INSTALL = (*APT, "--no-install-recommends", "--no-remove", "install")
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


def install(outside: t.Any, names: t.Sequence[str]) -> None:
    """Install packages."""
    updated = _run(outside, [*APT, "update"])
    with held_back(outside):
        ran = _run(outside, [*INSTALL, *names])
    if not ran.ok:
        evidence = {
            "apt-get install": _tail(ran),
            "apt-get update": [] if updated.ok else _tail(updated),
        }
        where, hint = " ".join(names), "mend what apt complains about, and run again"
        raise StepError("apt-get install {0}".format(where), _reason(ran), hint, evidence)


def remove(outside: t.Any, names: t.Sequence[str]) -> None:
    """Remove packages, unless others would have to go with them; their data and settings stay."""
    trial = outside.run([*APT, "--simulate", "remove", *names], environment=ENVIRONMENT)
    others = [line.split()[1] for line in trial.out.splitlines() if line.startswith("Remv ")]
    others = sorted({name.partition(":")[0] for name in others} - set(names))
    if others:
        raise StepError(
            "apt-get remove",
            "other packages need them: {0}".format(", ".join(others)),
            "remove these first",
        )
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
