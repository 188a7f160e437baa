# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine of an archive on real hosts: brought, exchanged, broken, changed by hand, taken away."""

from __future__ import annotations

import functools
import http.server
import threading
import typing as t

import pytest

from tests.ground.archives import LIBRARIES, Archive, archive
from tests.hosts import host as hosts
from tests.integration.engine.archiving import bring, install, reached, verbs
from tests.integration.engine.conftest import Ground, load_image

ROOT = "/opt/slipway/engine"
UNITS = "/etc/systemd/system"
OLD, NEW = "20.10.24", "26.1.5"
ALL = "ls -A /opt /usr/local/bin /etc/systemd/system /etc/systemd/system/*.wants"
BROKEN = b"#!/bin/sh\n[ \"$1\" != --validate ] || exit 0\necho 'failed to start daemon: no mood' >&2\nexit 1\n"


def left(ground: Ground) -> str:
    """The files and processes of an archive's engine."""
    places = (
        f"{ROOT} /usr/local/bin/* {UNITS}/*docker* {UNITS}/containerd* {UNITS}/*.wants/*docker*"
    )
    return ground.told(f"ls -d {places}; pgrep -l 'dockerd|containerd'")


@pytest.fixture(scope="module")
def old() -> Archive:
    return archive("bookworm")


@pytest.fixture(scope="module")
def new() -> Archive:
    return archive("trixie")


@pytest.fixture(scope="module")
def broken() -> Archive:
    return archive("trixie", "-broken", dockerd=BROKEN)


@pytest.fixture(scope="module")
def web(new: Archive) -> t.Iterator[str]:
    """The address at which this machine serves the archives to the hosts."""
    folder = str(new.path.parent)
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=folder)
    server = http.server.ThreadingHTTPServer(("", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f":{server.server_port}/"
    server.shutdown()


@pytest.fixture(scope="module")
def ground(
    tmp_path_factory: pytest.TempPathFactory, busybox: str, old: Archive
) -> t.Iterator[Ground]:
    """A host with systemd: check mode, then the run, with the older archive."""
    hosts.down("engine-archive")
    up = hosts.up("engine-archive", "trixie", "usual")
    ground = Ground(up, tmp_path_factory.mktemp("engine"), "systemd")
    ground.told(f"apt-get update -q && apt-get install -yq {' '.join(LIBRARIES)}")
    ground.foreseen = install(ground, old, check=True, config={"mtu": 1400})
    ground.first = install(ground, old, config={"mtu": 1400})
    load_image(ground, busybox)
    yield ground
    hosts.down("engine-archive")


def test_check_mode_on_a_bare_host_foresees_the_run(ground: Ground) -> None:
    assert ground.foreseen is not None
    assert ground.first is not None
    assert ground.first.status == 0, ground.first.text
    assert ground.foreseen.plan == ground.first.plan
    assert verbs(ground.first.plan) == [
        "install", "add-group", "unpack", "place", "configure", "start", "await ready",
    ]  # fmt: skip
    told = ground.first.results[-1]["engine"]
    assert (told["version"].partition("+")[0], told["manager"], told["enabled"]) == (
        OLD,
        "systemd",
        True,
    )


def test_it_is_run_by_units_of_our_own_and_configured_before_its_first_start(
    ground: Ground,
) -> None:
    assert ground.told("dpkg-query -W docker.io docker-cli containerd runc") == ""
    assert (
        ground.told(
            "docker network inspect bridge -f '{{index .Options \"com.docker.network.driver.mtu\"}}'"
        )
        == "1400"
    )
    assert ground.told("readlink /proc/$(cat /run/docker.pid)/exe").startswith(ROOT)
    assert (
        ground.told("systemctl is-active docker.service docker.socket containerd.service").split()
        == ["active"] * 3
    )
    asked = "systemctl show docker.service containerd.service -p Type,LimitNOFILE,TasksMax,Delegate,KillMode,OOMScoreAdjust,Restart"
    shown = ground.told(asked)
    for line in (
        "Type=notify",
        "Delegate=yes",
        "KillMode=process",
        "Restart=always",
        "TasksMax=infinity",
        "LimitNOFILE=infinity",
    ):
        assert shown.splitlines().count(line) == 2, shown
    both = ground.told("systemctl show containerd.service -p PartOf,StopWhenUnneeded").split()
    assert sorted(both) == ["PartOf=docker.service", "StopWhenUnneeded=yes"]
    assert ground.told("stat -c '%U:%G %a' /run/docker.sock") == "root:docker 660"
    assert ground.told("docker run --rm --init slipway-test/busybox:1 echo hello") == "hello"


def test_a_second_run_changes_nothing_and_needs_the_archive_no_more(
    ground: Ground, old: Archive
) -> None:
    nowhere = {"url": "http://127.0.0.1:9/docker.tgz"}
    for place in ({"file": str(old.path)}, nowhere):
        again = install(ground, old, place=place, config={"mtu": 1400})
        assert (again.status, again.plan) == (0, []), again.text


def test_a_run_that_is_killed_while_it_unpacks_leaves_the_engine_as_it_is(
    ground: Ground, old: Archive, new: Archive, web: str
) -> None:
    seen = f"until ls -d {ROOT}/.unpack-*/bin/containerd; do sleep 0.05; done"
    killer = f"{seen}; pkill -KILL -f 'AnsiballZ_engin[e]'"
    ground.told(f'nohup timeout 60 sh -c "{killer}" >/dev/null 2>&1 </dev/null &')
    place = {"url": reached(ground, web) + new.path.name}
    killed = install(ground, new, place=place, config={"mtu": 1400})

    assert killed.status != 0
    assert ".unpack-" in ground.told(f"ls -A {ROOT}"), killed.text
    assert new.digits not in ground.told(f"ls -A {ROOT}")
    assert ground.told("docker version -f '{{.Server.Version}}'").startswith(OLD)
    assert install(ground, old, config={"mtu": 1400}).plan == [
        "tidy engine docker: left by an interrupted run"
    ]
    assert sorted(ground.told(f"ls -A {ROOT}").split()) == sorted([old.digits, "current"])


def test_an_upgrade_and_a_setting_are_one_restart(ground: Ground, new: Archive, web: str) -> None:
    ground.told(
        "docker run -d --name web --stop-signal KILL --restart always slipway-test/busybox:1 sleep 1000"
    )
    since = ground.told("date +%s.%N")
    place = {"url": reached(ground, web) + new.path.name}
    foreseen = install(ground, new, check=True, place=place, config={"mtu": 1300})
    played = install(ground, new, place=place, config={"mtu": 1300})

    assert played.status == 0, played.text
    assert foreseen.plan == played.plan
    assert verbs(played.plan) == ["unpack", "place", "configure", "restart", "await ready"]
    assert played.plan[3].endswith("mtu 1400 -> 1300; stops web")
    assert played.results[-1]["engine"]["version"].startswith(NEW)
    starts = (
        f"journalctl -u docker.service --since @{since} -o cat | grep -c 'Started docker.service'"
    )
    assert ground.told(starts) == "1"
    assert ground.told("docker inspect -f '{{.State.Running}}' web") == "true"
    assert ground.told("readlink /proc/$(pgrep -x containerd)/exe").startswith(
        f"{ROOT}/{new.digits}/"
    )
    assert install(ground, new, config={"mtu": 1300}).plan == []


def test_an_archive_whose_engine_does_not_come_up_is_put_back(
    ground: Ground, new: Archive, broken: Archive
) -> None:
    place = {"file": bring(ground, broken.path), "remote": True}
    played = install(ground, broken, place=place, config={"mtu": 1200})

    assert played.status != 0
    assert "failed to start daemon: no mood" in played.message
    assert (
        "put back: unpack engine docker, place engine docker, configure engine docker"
        in played.message
    )
    assert ground.told("docker version -f '{{.Server.Version}}'").startswith(NEW)
    assert broken.digits not in ground.told(f"ls {ROOT}")
    assert ground.told(f"ls -A {ROOT} | grep unpack") == ""
    assert install(ground, new, config={"mtu": 1300}).plan == []


def test_what_is_changed_by_hand_is_named_and_mended(
    ground: Ground, new: Archive, web: str
) -> None:
    ground.told(f"cp /bin/true {ROOT}/{new.digits}/bin/ctr && rm /usr/local/bin/runc")
    ground.told("sed -i s/Restart=always/Restart=no/ /etc/systemd/system/docker.service")

    place = {"url": reached(ground, web) + new.path.name}
    played = install(ground, new, place=place, config={"mtu": 1300})

    assert len(played.results[-1]["drift"]) == 2, played.text
    assert "; ctr replaced; docker.service changed' -> " in played.plan[0]
    assert "links /usr/local/bin without runc -> /usr/local/bin (drift)" in played.plan[1]
    assert verbs(played.plan) == ["unpack", "place", "restart", "await ready"]
    assert ground.told("systemctl show docker.service -p Restart") == "Restart=always"
    assert "containerd" in ground.told("ctr --version")
    ground.told("rm /usr/local/bin/ctr")
    assert verbs(install(ground, new, config={"mtu": 1300}).plan) == ["place"]


def test_the_way_back_is_the_old_link(ground: Ground, old: Archive, new: Archive) -> None:
    nowhere = {"url": "http://127.0.0.1:9/docker.tgz"}
    config = {"mtu": 1300, "live-restore": True}
    assert verbs(install(ground, new, config=config).plan) == ["configure", "reload"]
    started = ground.told("docker inspect -f '{{.State.StartedAt}}' web")
    played = install(ground, old, place=nowhere, config=config)

    assert verbs(played.plan) == ["place", "restart", "await ready"], played.text
    assert played.plan[1].endswith("web keep running (live-restore)")
    assert ground.told("docker inspect -f '{{.State.StartedAt}}' web") == started
    assert ground.told("docker exec web echo well") == "well"
    assert played.results[-1]["engine"]["version"].startswith(OLD)
    assert ground.told(f"readlink {ROOT}/current {ROOT}/previous").split() == [
        old.digits,
        new.digits,
    ]


@pytest.mark.parametrize("where", ["controller", "host", "web"])
def test_another_digest_is_told_beside_the_declared_one(
    ground: Ground, new: Archive, broken: Archive, web: str, where: str
) -> None:
    ground.told(f"rm -f /root/{broken.path.name}")
    places: dict[str, t.Callable[[], dict[str, t.Any]]] = {
        "controller": lambda: {"file": str(broken.path)},
        "host": lambda: {"file": bring(ground, broken.path), "remote": True},
        "web": lambda: {"url": reached(ground, web) + broken.path.name},
    }
    wanted = Archive(broken.path, "0" * 64)
    before = ground.told(ALL)

    played = install(ground, wanted, place=places[where]())

    assert f"its digest is sha256:{broken.digits}" in played.message
    assert "0" * 64 in played.message
    assert ground.told(ALL) == before
    assert ground.told("docker info -f '{{.ServerVersion}}'").startswith(OLD)


def test_packages_do_not_take_its_place(ground: Ground) -> None:
    played = ground.engine(config={"mtu": 1300})

    assert "the engine on this host is an archive's" in played.message
    assert "run once with state: absent" in played.message


def test_absent_leaves_nothing_of_ours(ground: Ground) -> None:
    ground.told("docker rm -f web")
    foreseen, played = ground.engine(check=True, state="absent"), ground.engine(state="absent")

    assert played.status == 0, played.text
    assert foreseen.plan == played.plan
    assert verbs(played.plan) == ["stop", "unplace", "unconfigure", "clear"]
    assert left(ground) == ""
    assert ground.told("ls -d /var/lib/docker/volumes")
    assert ground.engine(state="absent").plan == []


def test_a_first_archive_that_does_not_come_up_leaves_nothing(
    ground: Ground, broken: Archive, web: str
) -> None:
    place = {"url": reached(ground, web) + broken.path.name}
    played = install(ground, broken, place=place)

    assert "failed to start daemon: no mood" in played.message
    assert left(ground) == ""
    assert ground.told("ls /etc/docker/daemon.json") == ""
