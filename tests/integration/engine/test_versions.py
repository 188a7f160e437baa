# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Versions of one engine: held, changed in one restart, and brought back when they are no good."""

from __future__ import annotations

from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import restraint
from tests.ground.dockers import BROKEN, VERSIONS
from tests.integration.engine.conftest import Ground, Source, load_image

OLD, NEW = VERSIONS["bookworm"], VERSIONS["trixie"]
HELD = "apt-mark showhold | tr '\\n' ' '"
ALL = "containerd.io docker-ce docker-ce-cli"
INSTALLED = "dpkg-query -W -f '${Version}' docker-ce"
RUNS = "docker version -f '{{.Server.Version}}'"
WEB = "docker inspect -f '{{.State.Running}}' web"
IMAGE = "slipway-test/busybox:1"
POLICY = "/usr/sbin/policy-rc.d"


def test_a_version_that_is_not_offered_is_refused_with_those_that_are(
    upstream: Ground, source: Source
) -> None:
    played = upstream.engine(**source.options(), version="19.03")

    offered = f"docker-ce '19.03' is not offered; offered are: {BROKEN}, {NEW}, {OLD}"
    assert offered in played.message
    assert "put back: add-repository engine docker" in played.message
    assert upstream.host.ssh("command -v dockerd").returncode == 1
    assert upstream.told("ls /etc/apt/sources.list.d | grep slipway") == ""


def test_a_version_is_installed_and_held_against_an_upgrade_of_the_host(
    upstream: Ground, source: Source
) -> None:
    foreseen = upstream.engine(check=True, **source.options(), version="20.10")
    played = upstream.engine(**source.options(), version="20.10")

    assert played.status == 0, played.text
    assert foreseen.plan == played.plan
    assert upstream.told(HELD) == ALL
    upgraded = upstream.host.ssh("DEBIAN_FRONTEND=noninteractive apt-get -y upgrade docker-ce")
    assert "Held packages were changed" in upgraded.stderr
    kept = upstream.host.ssh("apt-get --simulate dist-upgrade").stdout
    assert "docker-ce docker-ce-cli" in kept.partition("kept back:")[2]
    assert upstream.told(INSTALLED) == OLD


def test_a_hold_that_somebody_took_off_is_drift(upstream: Ground, source: Source) -> None:
    upstream.told("apt-mark unhold docker-ce")
    played = upstream.engine(**source.options(), version="20.10")

    assert played.plan == ["hold engine docker: docker-ce not held (drift)"]
    assert upstream.told(HELD) == ALL


def test_an_upgrade_and_changed_settings_are_one_restart(
    upstream: Ground, source: Source, busybox: str
) -> None:
    load_image(upstream, busybox)
    upstream.told(f"docker run -d --name web --restart always --stop-timeout 1 {IMAGE} sleep 1000")
    starts, daemon = upstream.starts, upstream.daemon
    wanted = {**source.options(), "version": "26.1", "config": {"mtu": 1400}}

    foreseen = upstream.engine(check=True, **wanted)
    played = upstream.engine(**wanted)

    assert played.status == 0, played.text
    assert foreseen.plan == played.plan
    change = "version '20.10.24' -> '26.1'"
    assert played.plan == [
        f"upgrade engine docker: {change}; stops web",
        "configure engine docker: mtu added: 1400",
        f"restart engine docker: {change}; mtu added: 1400; stops web",
        "await ready engine docker: the engine has to answer",
        "hold engine docker: docker-ce, docker-ce-cli, containerd.io not held",
    ]
    assert (upstream.starts, upstream.daemon == daemon) == (starts + 1, False)
    assert upstream.told(RUNS).startswith("26.1.5")
    assert upstream.told(WEB) == "true"
    assert upstream.told(HELD) == ALL


def test_a_second_run_changes_nothing_and_fetches_nothing(upstream: Ground, source: Source) -> None:
    source.repository.requests.clear()
    wanted = {**source.options(), "config": {"mtu": 1400}}

    assert upstream.engine(**wanted, version="26.1").plan == []
    assert upstream.engine(**wanted, version=NEW).plan == []
    assert source.repository.requests == []


def test_an_engine_that_does_not_come_up_gets_its_old_packages_and_settings_back(
    upstream: Ground, source: Source
) -> None:
    wanted = {**source.options(), "config": {"mtu": 1300}}
    played = upstream.engine(**wanted, version="27", wait_timeout=20)

    assert "this engine is broken" in played.message
    assert "put back: upgrade engine docker" in played.message
    assert upstream.told(INSTALLED) == NEW
    assert upstream.told(RUNS).startswith("26.1.5")
    assert upstream.told(WEB) == "true"
    assert upstream.told(HELD) == ALL
    assert upstream.told("cat /etc/docker/daemon.json").count("1400") == 1
    assert upstream.engine(**source.options(), config={"mtu": 1400}, version="26.1").plan == []


def test_a_downgrade_is_a_restart(upstream: Ground, source: Source) -> None:
    starts = upstream.starts
    played = upstream.engine(**source.options(), config={"mtu": 1400}, version="20.10.24")

    assert played.status == 0, played.text
    assert played.plan[0] == ("downgrade engine docker: version '26.1.5' -> '20.10.24'; stops web")
    assert upstream.starts == starts + 1
    assert upstream.told(RUNS).startswith("20.10.24")
    assert upstream.told(WEB) == "true"


def test_an_old_daemon_that_runs_on_is_restarted(upstream: Ground, source: Source) -> None:
    upstream.told(f"printf '#!/bin/sh\\nexit 101\\n' > {POLICY}; chmod +x {POLICY}")
    install = "apt-get install -y --allow-change-held-packages"
    upstream.told(f"{install} docker-ce={NEW} docker-ce-cli={NEW}; rm {POLICY}")
    assert upstream.told(RUNS).startswith("20.10.24")

    played = upstream.engine(**source.options(), config={"mtu": 1400}, version="26.1")

    assert played.plan[0] == (
        "restart engine docker: version 20.10.24 runs, 26.1.5 is installed; stops web"
    )
    assert upstream.told(RUNS).startswith("26.1.5")


def test_a_restraint_for_rpm_keeps_systemd_from_restarting_and_a_run_takes_it_away(
    upstream: Ground, source: Source
) -> None:
    daemon = upstream.daemon
    directory = restraint.DROP_IN.rpartition("/")[0]
    upstream.told(f"mkdir -p {directory}; echo '{restraint.TEXT}' > {restraint.DROP_IN}")
    upstream.told("systemctl daemon-reload")
    for verb in ("restart", "try-restart", "stop"):
        assert upstream.host.ssh(f"systemctl {verb} docker.service").returncode != 0
    assert upstream.daemon == daemon

    played = upstream.engine(**source.options(), config={"mtu": 1400}, version="26.1")

    assert played.plan == ["release engine docker: left by an interrupted run"]
    assert upstream.host.ssh("systemctl try-restart docker.service").returncode == 0
    assert upstream.daemon != daemon


def test_absent_takes_repository_key_and_holds(upstream: Ground, source: Source) -> None:
    played = upstream.engine(**source.options(), state="absent")

    assert played.status == 0, played.text
    assert upstream.told(HELD) == ""
    assert upstream.told("find /etc/apt -name '*slipway*'") == ""
    assert upstream.told("ls -d /var/lib/docker/image") == "/var/lib/docker/image"
    assert upstream.host.ssh("command -v dockerd || command -v containerd").returncode == 1
    assert upstream.engine(**source.options(), state="absent").plan == []
