# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every key that can be reloaded is, on real engines: in force, without a restart, unnoticed by clients."""

from __future__ import annotations

import json
import time
import typing as t
from pathlib import Path

from ansible_collections.slipway.docker.plugins.module_utils.core.field import Effect
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.fields import KEYS
from tests.integration.engine.conftest import Standing
from tests.integration.playing import Played

RELOADED = {name for name, key in KEYS.items() if key.effect is Effect.RELOAD}
PROGRAMS = Path(__file__).parent / "programs"
# What is set at first, what then, and how both can be seen: in docker info, in a new container, in the event
# of the reload, or on the host.
Row = t.Tuple[t.Any, t.Any, str]
EVENT = "docker events --since {since} --until {until} -f event=reload --format '{{{{json .Actor.Attributes}}}}'"
NEW = "docker rm -f new >/dev/null 2>&1; docker create --name new slipway-test/busybox:1 true >/dev/null; "
ROWS: dict[str, Row] = {
    "allow-nondistributable-artifacts": (["a:1"], ["b:1"], "event"),
    "authorization-plugins": (["nod"], ["nod"], "grep -c AuthZReq /root/asked || true"),
    "debug": (True, False, "info .Debug"),
    "default-cgroupns-mode": ("private", "host", "new .HostConfig.CgroupnsMode"),
    "default-ipc-mode": ("shareable", "private", "new .HostConfig.IpcMode"),
    "runtimes": ({"other": {"path": "runc"}}, {"other": {"path": "/usr/sbin/runc"}}, "event"),
    "default-runtime": ("other", "runc", "info .DefaultRuntime"),
    "default-shm-size": ("128m", "96m", "new .HostConfig.ShmSize"),
    "features": ({"buildkit": False}, {"buildkit": True}, "event"),
    "insecure-registries": (["10.7.0.0/16"], ["10.8.0.0/16"], "info .RegistryConfig.InsecureRegistryCIDRs"),
    "labels": (["a=1"], ["b=2"], "info .Labels"),
    "live-restore": (True, True, "info .LiveRestoreEnabled"),
    "max-concurrent-downloads": (7, 8, "event"),
    "max-concurrent-uploads": (6, 9, "event"),
    "max-download-attempts": (2, 4, "event"),
    "network-diagnostic-port": (20222, 20222, "ss -ltnH | grep -o 'localhost:20...\\|127.0.0.1:20...'"),
    "nri-opts": ({"enable": True}, {"enable": False}, "info .NRI"),
    "registry-mirrors": (["https://a.example.org"], ["https://b.example.org"], "info .RegistryConfig.Mirrors"),
    "shutdown-timeout": (21, 22, "event"),
}  # fmt: skip
TOLD: dict[str, tuple[str, str]] = {
    "default-shm-size": (str(128 << 20), str(96 << 20)),
    "default-runtime": ("other", "runc"),
    "features": ("map[buildkit:false]", "map[buildkit:true]"),
    "runtimes": ("other:runc", "other:/usr/sbin/runc"),
}


def known(standing: Standing) -> dict[str, Row]:
    """The rows whose keys the host's engine knows."""
    version = standing.told("docker version -f '{{.Server.Version}}'")
    return {name: row for name, row in ROWS.items() if KEYS[name].misfit(version) is None}


def test_every_key_that_is_reloaded_has_a_row() -> None:
    assert set(ROWS) == RELOADED


def nod(standing: Standing) -> None:
    """A plugin that allows everything, and writes down that it was asked."""
    text = (PROGRAMS / "nod.py").read_text()
    standing.host.ssh(f"cat > /root/nod.py <<'END'\n{text}\nEND\n")
    standing.host.ssh("mkdir -p /run/docker/plugins; rm -f /root/asked")
    standing.host.ssh("setsid python3 /root/nod.py >/root/nod.log 2>&1 </dev/null &")


def started(standing: Standing) -> str:
    """The engine's process and when it was started."""
    return standing.told("stat -c '%n %Y' /proc/$(cat /var/run/docker.pid)")


def in_force(standing: Standing, name: str, event: t.Mapping[str, str]) -> str:
    """What the engine says of a key."""
    how, _space, what = ROWS[name][2].partition(" ")
    if how == "event":
        return event.get(name, "")
    if how == "info":
        return standing.told(f"docker info -f '{{{{json {what}}}}}'")
    if how == "new":
        return standing.told(f"{NEW}docker inspect -f '{{{{{what}}}}}' new")
    return standing.told(ROWS[name][2])


def last_event(standing: Standing, since: float) -> dict[str, str]:
    """The attributes of the last reload."""
    told = standing.told(EVENT.format(since=since, until=time.time()))
    return dict(json.loads(told.splitlines()[-1]))


def steps(played: Played) -> list[str]:
    """The verbs of a plan."""
    return [line.partition(" engine")[0] for line in played.plan]


def test_each_key_is_taken_up_by_a_reload_alone(standing: Standing) -> None:
    rows = known(standing)
    nod(standing)
    before, since = started(standing), time.time()
    for which in (0, 1):
        played = standing.settle(**{name: row[which] for name, row in rows.items()})

        assert steps(played) == ["configure", "reload"], played.text
        event = last_event(standing, since)
        for name, row in rows.items():
            seen(name, row[which], in_force(standing, name, event), which)
    assert started(standing) == before
    print(f"\n{standing.host.name}: {len(rows)} keys reloaded twice, engine {before} all the time")


def test_a_key_that_goes_is_reloaded_where_the_engine_takes_its_default(standing: Standing) -> None:
    rows = known(standing)
    nod(standing)
    keys = {name: row[1] for name, row in rows.items() if name in RESET}
    assert standing.settle().status == 0
    assert steps(standing.settle(**keys)) == ["configure", "reload"]
    before, since = started(standing), time.time()

    assert steps(standing.settle()) == ["configure", "reload"]
    assert last_event(standing, since)["max-concurrent-downloads"] == "3"
    assert standing.told(ROWS["network-diagnostic-port"][2]) == ""
    assert started(standing) == before
    assert steps(standing.settle(debug=True)) == ["configure", "reload"]
    assert steps(standing.settle()) == ["configure", "restart", "await ready"]
    assert standing.told("docker info -f '{{.Debug}}'") == "false"


RESET = {name for name, key in KEYS.items() if key.reset}


def seen(name: str, value: t.Any, told: str, which: int) -> None:
    """What was told of a key is its value."""
    if name == "authorization-plugins":
        assert int(told) > 0
        return
    expected = TOLD[name][which] if name in TOLD else value
    for part in expected if isinstance(expected, list) else [expected]:
        word = str(part).lower() if isinstance(part, bool) else str(part)
        assert word in told, (name, told)


def test_a_client_of_a_container_notices_neither_a_reload_nor_a_restart(standing: Standing) -> None:
    standing.settle()
    standing.told("docker rm -f web")
    command = "mkdir -p /www; echo here > /www/index.html; exec httpd -f -p 80 -h /www"
    made = f"docker run -d --name web --stop-signal KILL -p 8080:80 slipway-test/busybox:1 sh -c '{command}'"
    assert standing.host.ssh(made).returncode == 0
    address = standing.told("docker inspect -f '{{.NetworkSettings.IPAddress}}' web")
    text = (PROGRAMS / "client.py").read_text()
    standing.host.ssh(f"cat > /root/client.py <<'END'\n{text}\nEND\n")
    standing.host.ssh(
        f"rm -f /root/stop; setsid python3 /root/client.py http://{address}/ >/root/counts 2>&1 </dev/null &"
    )
    before = started(standing)

    reloaded = standing.settle(labels=["stage=live"])
    assert started(standing) == before
    restarted = standing.settle(labels=["stage=live"], mtu=1450)
    assert started(standing) != before
    standing.told("touch /root/stop; while [ ! -s /root/counts ]; do sleep 0.1; done")
    counts = json.loads(standing.told("cat /root/counts"))

    print(f"\n{standing.host.name}: {counts}")
    assert steps(reloaded) == ["configure", "reload"]
    assert restarted.plan[1].endswith("web keep running (live-restore)")
    assert counts["answered"] > 100
    assert counts["failed"] == 0
    standing.told("docker rm -f web")
    assert standing.settle().status == 0


def test_a_restart_that_is_not_allowed_touches_nothing(standing: Standing) -> None:
    standing.told("docker rm -f web")
    assert standing.settle(**{"live-restore": False}).status == 0
    standing.told("docker run -d --stop-timeout 1 --name web slipway-test/busybox:1 httpd -f")
    before, file = started(standing), standing.told("cat /etc/docker/daemon.json")

    for rule in ("never", "when_empty"):
        played = standing.settle(**WITH_ANOTHER_MTU, options={"restart": rule})
        assert f"({rule}), and mtu takes a restart: stops web" in played.message
    assert (started(standing), standing.told("cat /etc/docker/daemon.json")) == (before, file)
    assert standing.told("docker inspect -f '{{.State.Running}}' web") == "true"
    standing.told("docker rm -f web")
    played = standing.settle(**WITH_ANOTHER_MTU, options={"restart": "when_empty"})

    assert played.plan[1].endswith("no container runs")
    assert standing.settle().status == 0


WITH_ANOTHER_MTU: dict[str, t.Any] = {"live-restore": False, "mtu": 1440}
