# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kernel of a real host: set now, set again at boot, and mended when somebody changed it."""

from __future__ import annotations

import time
import typing as t

import pytest

from tests.ground.engine import PREFIX, engine
from tests.integration.engine.conftest import Ground

SETTING, FORWARDING = "net.ipv4.conf.all.log_martians", "net.ipv4.ip_forward"
ASKED: dict[str, t.Any] = {
    "kernel_modules": ["overlay"],
    "sysctls": {SETTING: 1, FORWARDING: True},
}
FILES = "/etc/sysctl.d/99-zz-slipway-docker.conf /etc/modules-load.d/slipway-docker.conf"


@pytest.fixture
def host(neighbours: list[Ground]) -> Ground:
    return neighbours[0]


def values(host: Ground) -> list[str]:
    return host.told(f"sysctl -n {SETTING} {FORWARDING}").split()


def test_settings_hold_at_once_and_after_a_boot(host: Ground) -> None:
    foreseen, played = host.engine(check=True, **ASKED), host.engine(**ASKED)

    assert played.status == 0, played.text
    assert foreseen.plan == played.plan
    assert [line.partition(" engine")[0] for line in played.plan] == ["place", "set-sysctls"]
    assert values(host) == ["1", "1"]
    assert host.engine(**ASKED).plan == []

    engine().containers.get(PREFIX + host.host.name).restart(timeout=20)
    deadline = time.monotonic() + 60
    while host.host.ssh("systemctl is-active docker").returncode and time.monotonic() < deadline:
        time.sleep(0.5)
    assert values(host) == ["1", "1"]


def test_what_somebody_sets_or_edits_is_told_and_mended(host: Ground) -> None:
    host.told(f"sysctl -w {SETTING}=0; sed -i s/ip_forward.*// {FILES.split()[0]}")

    drifted = host.engine(**ASKED)

    assert [line.partition(" engine")[0] for line in drifted.plan] == ["place", "set-sysctls"]
    assert drifted.plan[1] == f"set-sysctls engine docker: {SETTING} '0' -> '1' (drift)"
    assert len(drifted.results[-1]["drift"]) == 2
    assert values(host) == ["1", "1"]


def test_settings_that_can_only_be_read_are_told(host: Ground) -> None:
    host.told("mount --bind /proc/sys /proc/sys && mount -o remount,ro,bind /proc/sys")
    refused = host.engine(**{**ASKED, "sysctls": {SETTING: 2}})
    host.told("umount /proc/sys")

    assert f"{SETTING}: it can't be set to '2': Read-only file system" in refused.message
    assert host.engine(**ASKED).plan == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (
            {"kernel_modules": ["no_such"]},
            "this kernel has no no_such, neither loaded nor built in",
        ),
        ({"sysctls": {"net.ipv4.no_such": 1}}, "this kernel has no setting net.ipv4.no_such"),
    ],
)
def test_what_this_kernel_can_not_do_is_refused(
    host: Ground, options: dict[str, t.Any], said: str
) -> None:
    assert said in host.engine(**options).message


def test_what_is_no_longer_asked_for_leaves_the_files_and_not_the_kernel(host: Ground) -> None:
    gone = host.engine()

    assert [line.partition(" engine")[0] for line in gone.plan] == ["place"]
    assert host.told(f"ls {FILES}") == ""
    assert values(host) == ["1", "1"]
    host.told("iptables -I DOCKER-USER -s 192.0.2.9/32 -j DROP")
