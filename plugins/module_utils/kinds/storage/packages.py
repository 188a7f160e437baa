# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a driver needs installed, on Debian and Ubuntu."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import StepError
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage.drivers import DRIVERS

SYSTEMS = ("debian", "ubuntu")
STATES = "${Package} ${db:Status-Status}\n"
LOCK_TIMEOUT = 300
PATIENCE = 3600
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
INSTALL = (*APT, "--no-install-recommends", "--no-remove", "install")
ENVIRONMENT = {
    "DEBIAN_FRONTEND": "noninteractive",
    "NEEDRESTART_MODE": "l",
    "NEEDRESTART_SUSPEND": "1",
    "UCF_FORCE_CONFFOLD": "1",
}


def system(text: str) -> str:
    """The distribution by its os-release."""
    pairs = (line.partition("=") for line in text.splitlines())
    return next((value.strip("\"'") for name, _sign, value in pairs if name == "ID"), "")


def installed(outside: t.Any) -> frozenset[str]:
    """Those of the drivers' packages that are wholly installed."""
    names = sorted({name for driver in DRIVERS.values() for name in driver.packages})
    ran = outside.run(["dpkg-query", "--show", "--showformat", STATES, *names])
    states = (line.split() for line in ran.out.splitlines())
    return frozenset(state[0] for state in states if state[1:2] == ["installed"])


def install(outside: t.Any, names: t.Sequence[str]) -> None:
    """Install packages, after mending what a killed installation left."""
    outside.run(["dpkg", "--configure", "-a"], timeout=PATIENCE, environment=ENVIRONMENT)
    updated = outside.run([*APT, "update"], timeout=PATIENCE, environment=ENVIRONMENT)
    ran = outside.run([*INSTALL, *names], timeout=PATIENCE, environment=ENVIRONMENT)
    if not ran.ok:
        raise StepError(
            "apt-get install {0}".format(" ".join(names)),
            _reason(ran),
            "mend what apt complains about, and run again",
            {"apt-get update": [] if updated.ok else updated.err.splitlines()[-6:]},
        )


def _reason(ran: t.Any) -> str:
    errors = [line[2:].strip() for line in ran.err.splitlines() if line.startswith("E:")]
    return "; ".join(errors[:3]) or "status {0}".format(ran.status)
