# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real engine on real hosts: installed, changed, broken, and taken away again."""

from __future__ import annotations

import json
import time
import typing as t

import pytest

from tests.integration.engine.conftest import Ground

CONFIG = "/etc/docker/daemon.json"
ROTATED = {"log-driver": "json-file", "log-opts": {"max-size": "10m", "max-file": "3"}}
LISTS = "stat -c %Y /var/lib/apt/lists /var/cache/apt/archives"


def config(ground: Ground) -> object:
    text = ground.told(f"cat {CONFIG}")
    return json.loads(text) if text else None


def run_web(ground: Ground) -> None:
    ground.told("docker rm -f web")
    started = ground.host.ssh(
        "docker run -d --name web --stop-signal KILL --restart always slipway-test/busybox:1 sleep 1000"
    )
    assert started.returncode == 0, started.stderr


def test_check_mode_on_a_bare_host_foresees_the_run(ground: Ground) -> None:
    assert ground.foreseen is not None
    assert ground.first is not None
    assert ground.first.status == 0, ground.first.text
    assert ground.foreseen.plan == ground.first.plan
    assert [line.partition(" engine")[0] for line in ground.first.plan] == [
        "install", "configure", "start", "await ready",
    ]  # fmt: skip


def test_the_engine_runs_containers_and_started_with_its_settings(ground: Ground) -> None:
    assert ground.first is not None
    run_web(ground)

    assert ground.first.results[-1]["engine"]["manager"] == ground.manager
    assert ground.first.results[-1]["engine"]["version"] == ground.told(
        "docker version -f '{{.Server.Version}}'"
    )
    assert config(ground) == ROTATED
    told = json.loads(ground.told("docker inspect -f '{{json .HostConfig.LogConfig}}' web"))
    assert told == {"Type": "json-file", "Config": {"max-file": "3", "max-size": "10m"}}
    assert ground.host.ssh("test -e /usr/sbin/policy-rc.d").returncode == 1


def test_a_second_run_changes_nothing_and_fetches_nothing(ground: Ground) -> None:
    before = ground.told(LISTS)
    again = ground.engine()

    assert (again.status, again.changed, again.plan) == (0, False, [])
    assert ground.told(LISTS) == before


def test_info_tells_what_the_module_told(ground: Ground) -> None:
    run_web(ground)
    seen = ground.play([{"slipway.docker.info": {}}], check=True)

    assert seen.results[-1]["engine"] == ground.engine().results[-1]["engine"]
    assert seen.results[-1]["engine"]["would_stop"] == ["web"]
    assert seen.changed is False


def test_the_sdk_is_there_for_the_other_modules(ground: Ground) -> None:
    played = ground.play([{"slipway.docker.volume": {"name": "engine_test"}}])

    assert played.plan == ["create volume engine_test: not found"]


def test_a_host_without_the_sdk_is_told_what_to_type(ground: Ground) -> None:
    place = "/usr/lib/python3/dist-packages"
    ground.told(f"mv {place}/docker {place}/docker-hidden")
    played = ground.play([{"slipway.docker.volume": {"name": "engine_test"}}])
    ground.told(f"mv {place}/docker-hidden {place}/docker")

    assert "apt-get install python3-docker" in played.message
    assert played.status != 0


def test_what_can_be_reloaded_stops_nothing(ground: Ground) -> None:
    run_web(ground)
    daemon, started = ground.daemon, ground.told("docker inspect -f '{{.State.StartedAt}}' web")

    played = ground.engine(config={"labels": ["stage=test"], "live-restore": True})

    assert [line.partition(" engine")[0] for line in played.plan] == ["configure", "reload"]
    assert (
        ground.told("docker info -f '{{.Labels}} {{.LiveRestoreEnabled}}'") == "[stage=test] true"
    )
    assert ground.told("docker inspect -f '{{.State.StartedAt}}' web") == started
    assert ground.daemon == daemon


def test_a_restart_says_what_keeps_running_and_foreign_keys_stay(ground: Ground) -> None:
    run_web(ground)
    ground.told(f"sed -i 's/^{{/{{ \"shutdown-timeout\": 20,/' {CONFIG}")
    daemon = ground.daemon

    played = ground.engine(config={"live-restore": True, "mtu": 1400})

    assert played.plan[1] == (
        "restart engine docker: labels removed; mtu added: 1400; web keep running (live-restore)"
    )
    assert config(ground) == {"shutdown-timeout": 20, **ROTATED, "live-restore": True, "mtu": 1400}
    assert ground.daemon != daemon
    assert ground.told("docker inspect -f '{{.State.Running}}' web") == "true"


def test_settings_that_the_engine_does_not_survive_are_put_back(ground: Ground) -> None:
    ground.engine()
    before = config(ground)

    played = ground.engine(config={"bridge": "nosuch0"})

    assert "nosuch0" in played.message
    assert "put back: configure engine docker" in played.message
    assert played.changed is False
    assert config(ground) == before
    assert ground.host.ssh("docker info").returncode == 0
    assert ground.engine().plan == []


def test_what_the_engines_program_finds_wrong_is_refused(ground: Ground) -> None:
    before, daemon = config(ground), ground.daemon
    played = ground.engine(config={"node-generic-resources": ["gpu=1", "gpu=one"]})

    assert "mixed discrete and named resources" in played.message
    assert config(ground) == before
    if ground.host.suite == "trixie":  # 20.10 has no --validate
        assert ground.daemon == daemon


def test_an_engine_that_dies_is_started_again(ground: Ground) -> None:
    ground.told(f"kill -9 {ground.daemon}")
    deadline = time.monotonic() + 60
    while ground.host.ssh("docker info").returncode and time.monotonic() < deadline:
        time.sleep(0.5)

    assert ground.engine().plan == []


def test_the_engine_goes_through_the_proxies_that_are_asked_for(ground: Ground) -> None:
    asked: dict[str, t.Any] = {
        "proxies": {"http": "http://user:pa%ss@proxy.test:3128", "no_proxy": "localhost"}
    }
    told = "docker info -f '{{.HTTPProxy}} {{.NoProxy}}'"

    foreseen, played = ground.engine(check=True, **asked), ground.engine(**asked)

    assert foreseen.plan == played.plan
    assert played.plan[0].startswith("place engine docker: environment added: ")
    assert "pa%ss" not in played.text
    assert ground.told(told).endswith("@proxy.test:3128 localhost")
    assert ground.engine(**asked).plan == []
    gone = ground.engine()
    assert [line.partition(" engine")[0] for line in gone.plan] == [
        "place",
        "restart",
        "await ready",
    ]
    assert ground.told(told) == ""


def test_users_come_and_go(ground: Ground) -> None:
    ground.told("useradd deploy; useradd other; gpasswd -a other docker")

    assert ground.engine(users=["deploy"]).plan == [
        "add-users engine docker: deploy not in the group docker"
    ]
    assert ground.told("getent group docker").endswith(":other,deploy")
    assert ground.engine(users=[]).plan == ["drop-users engine docker: deploy no longer wanted"]
    assert ground.told("getent group docker").endswith(":other")


def test_a_stopped_engine_is_started(ground: Ground) -> None:
    stop = {"systemd": "systemctl stop docker.socket docker.service"}
    supervisor = "kill $(cut -d' ' -f1 /var/run/slipway-dockerd.pid); sleep 1"
    ground.told(stop.get(ground.manager, supervisor))
    if ground.manager != "systemd":
        ground.told("while [ -e /var/run/docker.pid ]; do sleep 0.2; done; sleep 1")

    assert ground.play([{"slipway.docker.info": {}}]).results[-1]["engine"]["running"] is False
    assert [line.partition(" engine")[0] for line in ground.engine().plan] == [
        "start",
        "await ready",
    ]
    assert ground.engine().plan == []


def test_absent_leaves_nothing_of_ours_and_all_that_is_foreign(ground: Ground) -> None:
    ground.told("docker rm -f web")
    foreseen = ground.engine(check=True, state="absent")
    played = ground.engine(state="absent")

    assert played.status == 0, played.text
    assert foreseen.plan == played.plan
    assert config(ground) == {"shutdown-timeout": 20}
    assert ground.told("ls /var/lib/docker/volumes").split()[-1] == "metadata.db"
    assert ground.told("ls -d /var/lib/docker/volumes/engine_test")
    assert ground.told("pgrep -l 'dockerd|containerd' | grep -v defunct") == ""
    gone = "dpkg-query -W -f '${Package} ${db:Status-Status}\\n' docker.io containerd runc | grep ' installed$'"
    assert ground.told(gone) == ""
    assert ground.engine(state="absent").plan == []


def test_data_goes_only_with_consent(ground: Ground) -> None:
    ground.engine()
    refused = ground.engine(state="absent", remove_data=True)
    assert "add destroy to the option consent" in refused.message
    assert ground.told("ls -d /var/lib/docker/volumes/engine_test")

    played = ground.engine(state="absent", remove_data=True, consent=["destroy"])

    assert played.status == 0, played.text
    assert ground.told("ls /var/lib/docker") == ""


@pytest.mark.parametrize(
    "options", [{"config": {"log-drivr": "local"}}, {"config": {"debug": "perhaps"}}]
)
def test_bad_input_is_refused_before_anything_is_touched(
    ground: Ground, options: dict[str, t.Any]
) -> None:
    played = ground.engine(**options)

    assert played.message.startswith("engine docker.config.")
    assert ground.host.ssh("command -v dockerd").returncode == 1
