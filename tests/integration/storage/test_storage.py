# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real mounts on a real host: made, swapped, stacked, and with a server that is dead."""

from __future__ import annotations

import pathlib
import time
import typing as t

from tests.integration.storage.conftest import IMAGE, Ground, bind

SHARE, DATA = "/srv/slipway/my-app", "/var/lib/docker/volumes/my-app/_data"
SERVICE, MOUNT = "slipway-storage-my-app.service", r"'srv-slipway-my\x2dapp.mount'"
UNITS = pathlib.Path(__file__).parents[2] / "unit/plugins/module_utils/kinds/storage/units"
DAEMONS = ("sshfs", "rclone")
# A brick has to lie on a file system with attributes of its own, which an overlay is not.
SERVE_VOLUME = """\
apt-get update -qq
apt-get install -qq -y --no-install-recommends glusterfs-server
systemctl start glusterd
mkdir -p /var/lib/docker/brick
gluster --mode=script volume create vol {0}:/var/lib/docker/brick force
gluster --mode=script volume start vol
"""
LAYERS = f"grep -c ' {SHARE} ' /proc/self/mountinfo"
WEB = f"docker run -d --stop-timeout 1 --name web -v my-app:/app {IMAGE} sleep 1000"
GONE = {"name": "my-app", "state": "absent"}


def test_a_share_by_ssh_is_mounted_and_seen_by_a_container(ground: Ground) -> None:
    storage = ground.sshfs()
    write = f"docker run --rm -v my-app:/app {IMAGE} sh -c 'echo hello > /app/x'"
    foreseen, first, again, _written = ground.walk(
        {**storage, "check": True}, storage, storage, write
    )

    assert not first["failed"], first["msg"]
    assert first["plan"] == foreseen["plan"]
    assert again["plan"] == again["drift"] == []
    assert ground.server.ssh("cat /export/data/x").stdout == "hello\n"


def test_no_secret_stands_anywhere_but_in_files_of_root(ground: Ground) -> None:
    line = ground.key.splitlines()[-2]
    place = "/etc/slipway/storage/my-app"
    played = ground.walk(
        ground.sshfs(),
        f"stat -c %a {place}/key {place}",
        "cat /proc/[0-9]*/cmdline | tr '\\0' ' '",
        "journalctl --no-pager",
    )

    found = ground.told(f"grep -rlF '{line}' /etc /var/lib/slipway /srv /run 2>/dev/null")
    assert found == f"{place}/key"
    assert played[1]["stdout"] == "600\n700"
    assert line not in str(played)


def test_a_daemon_that_is_killed_comes_back_and_its_old_mount_is_told(ground: Ground) -> None:
    storage = ground.sshfs()
    *_begun, died, _wait = ground.walk(
        storage,
        WEB,
        f"kill -9 $(systemctl show -p MainPID --value {SERVICE}); sleep 1; ls {SHARE}",
        f"for i in $(seq 40); do ls {SHARE}/data && break; sleep 0.5; done",
    )
    again = ground.play(storage)

    assert "not connected" in died["stderr"]
    assert (again.status, again.plan) == (0, []), again.text
    assert again.results[0]["storages"][0]["stale_containers"] == ["web"]
    assert "web still see what was mounted before" in again.text


def test_a_dead_daemon_that_nobody_starts_is_mounted_anew(ground: Ground) -> None:
    storage = ground.sshfs()
    drop_in = f"/run/systemd/system/{SERVICE}.d"
    played = ground.walk(
        storage,
        f"mkdir -p {drop_in}; printf '[Service]\\nRestart=no\\n' > {drop_in}/x.conf;"
        f" systemctl daemon-reload; systemctl kill --signal=KILL {SERVICE}; sleep 1",
        storage,
        f"rm -r {drop_in}; systemctl daemon-reload; ls {SHARE}; {LAYERS}",
    )

    assert not played[2]["failed"], played[2]["msg"]
    assert "not connected" in played[2]["plan"][0]
    assert played[3]["stdout"] == "data\n1"


def test_a_server_that_hangs_is_unknown_within_seconds_and_nothing_is_touched(
    ground: Ground,
) -> None:
    ground.walk(ground.sshfs())
    ground.server.ssh("kill -STOP $(pgrep -u app)")
    begun = time.monotonic()

    (changed,) = ground.walk(ground.sshfs(mount={"ServerAliveInterval": 30}))
    took = time.monotonic() - begun
    ground.server.ssh("kill -CONT $(pgrep -u app)")
    layers, again = ground.walk(LAYERS, ground.sshfs())

    assert "unknown" in changed["msg"]
    assert took < 15
    assert layers["stdout"] == "1"
    assert again["plan"] == []


def test_a_server_that_is_killed_and_comes_back_needs_nobody(ground: Ground) -> None:
    ground.walk(ground.sshfs(), WEB)
    ground.server.ssh("kill -9 $(pgrep -u app)")
    written, again = ground.walk(
        "docker exec web sh -c 'echo again > /app/y; cat /app/y'", ground.sshfs()
    )

    assert written["stdout"] == "again"
    assert again["plan"] == []


def test_another_key_of_the_server_is_not_accepted(ground: Ground) -> None:
    storage = ground.sshfs()
    storage["source"]["host_keys"] = [(ground.folder / "key.pub").read_text().strip()]
    refused, layers, unit = ground.walk(storage, LAYERS, f"ls /etc/systemd/system/{SERVICE}")

    assert refused["failed"]
    assert "Host key verification failed" in refused["msg"]
    assert layers["stdout"] == "0"
    assert "No such file" in unit["stderr"]


def test_a_container_does_not_start_without_the_share(ground: Ground) -> None:
    _made, started, written, again = ground.walk(
        bind(),
        f"systemctl stop {MOUNT}; docker run --rm -v my-app:/app {IMAGE} true",
        f"touch {SHARE}/x",
        bind(),
    )

    assert "no such file or directory" in started["stderr"]
    assert "not permitted" in written["stderr"]
    assert again["plan"][0] == "mount storage my-app: not mounted (drift)"


def test_a_swapped_share_is_refused_and_nothing_is_written(ground: Ground) -> None:
    played = ground.walk(
        bind(),
        f"systemctl stop {MOUNT}; mv /mnt/nas /mnt/nas.old; mkdir -p /mnt/nas/data",
        bind(),
        f"ls -A /mnt/nas /mnt/nas/data; {LAYERS}; rm -rf /mnt/nas; mv /mnt/nas.old /mnt/nas",
    )

    assert "the share has lost its marker" in played[2]["msg"]
    assert played[3]["stdout"] == "/mnt/nas:\ndata\n\n/mnt/nas/data:\n0"


def test_a_share_that_is_mounted_twice_loses_nothing(ground: Ground) -> None:
    played = ground.walk(
        bind(),
        f"echo precious > /mnt/nas/data/x; mount --bind /mnt/nas {SHARE}",
        GONE,
        bind(mount={"noexec": True}),
        "docker volume ls -q; cat /mnt/nas/data/x",
    )

    assert "is mounted 2 times" in played[2]["msg"]
    assert "is mounted 2 times" in played[3]["msg"]
    assert played[4]["stdout"] == "my-app\nprecious"


def test_a_volume_on_which_something_is_mounted_by_hand_loses_nothing(ground: Ground) -> None:
    mount = f"mount --bind /mnt/nas/data {DATA}"
    played = ground.walk(
        bind(),
        f"echo precious > /mnt/nas/data/x; {mount}; {mount}",
        GONE,
        f"umount {DATA}",
        GONE,
        f"umount {DATA}; cat /mnt/nas/data/x",
    )

    assert "is mounted 2 times" in played[2]["msg"]
    assert "no container runs with it" in played[4]["msg"]
    assert played[5]["stdout"] == "precious"


def test_a_volume_of_the_same_name_that_holds_data_stays(ground: Ground) -> None:
    played = ground.walk(
        f"docker run --rm -v my-app:/app {IMAGE} sh -c 'echo precious > /app/x'",
        bind(),
        GONE,
        f"cat {DATA}/x",
    )

    assert "holds data itself" in played[1]["msg"]
    assert "holds data itself" in played[2]["msg"]
    assert played[3]["stdout"] == "precious"


def test_a_remote_of_rclone_has_one_writer_and_lets_go(ground: Ground) -> None:
    storage: dict[str, t.Any] = {
        "name": "my-app",
        "driver": "rclone",
        "source": {"server": "cloud", "path": "sub"},
        "secret": {"config": "[cloud]\ntype = alias\nremote = /mnt/nas\n"},
    }
    write = f"docker run --rm -v my-app:/app {IMAGE} sh -c 'echo hello > /app/x'"
    played = ground.walk(
        "mkdir -p /mnt/nas/sub",
        {**storage, "access": "rwo", "create_subdir": {}},
        f"{write}; sleep 1; ls /mnt/nas/sub/.slipway-writer-my-app",
        {**storage, "access": "rox"},
        {**storage, "access": "rox"},
        f"{write}; ls -A /mnt/nas/sub",
        GONE,
        "cat /mnt/nas/sub/data/x; systemctl --failed --quiet",
    )

    assert not played[1]["failed"], played[1]["msg"]
    assert played[2]["rc"] == 0
    assert played[3]["plan"][0] == "release storage my-app: no longer its one writer"
    assert played[4]["plan"] == []
    assert "Read-only file system" in played[5]["stderr"]
    assert played[5]["stdout"] == ".slipway-share\ndata"
    assert not played[6]["failed"], played[6]["msg"]
    assert played[7]["stdout"] == "hello"


def test_a_volume_of_glusterfs_is_mounted_and_seen_by_a_container(ground: Ground) -> None:
    served = ground.server.ssh(SERVE_VOLUME.format(ground.server.address))
    source = {"server": ground.server.address, "path": "vol"}
    storage = {"name": "my-app", "driver": "glusterfs", "source": source, "create_subdir": {}}
    write = f"docker run --rm -v my-app:/app {IMAGE} sh -c 'echo hello > /app/x; cat /app/x'"
    first, again, written, gone = ground.walk(storage, storage, write, GONE)

    assert not first["failed"], (first["msg"], served.stderr)
    assert again["plan"] == again["drift"] == []
    assert written["stdout"] == "hello"
    assert not gone["failed"], gone["msg"]
    assert ground.server.ssh("cat /var/lib/docker/brick/data/x").stdout == "hello\n"


def test_the_engines_own_mount_is_as_it_was_declared(ground: Ground) -> None:
    storage = {"name": "scratch", "driver": "local", "source": {"type": "tmpfs"}}
    played = ground.walk(
        {**storage, "mount": {"size": "5m", "mode": "0700"}},
        f"docker run --rm -v scratch:/s {IMAGE} sh -c 'grep \" /s \" /proc/mounts; stat -c %a /s'",
        {**storage, "mount": {"siez": "5m"}},
        {"name": "scratch", "state": "absent"},
    )

    assert played[0]["plan"] == ["create volume scratch: not found"]
    assert "size=5120k" in played[1]["stdout"]
    assert played[1]["stdout"].endswith("\n700")
    assert "did you mean size?" in played[2]["msg"]
    assert played[3]["plan"] == ["remove volume scratch: state: absent"]


def test_systemd_finds_nothing_wrong_in_the_units_of_any_driver(ground: Ground) -> None:
    for unit in sorted(UNITS.glob("*.unit")):
        driver = unit.stem
        name = (
            "slipway-storage-my-app.service"
            if driver in DAEMONS
            else "srv-slipway-my\\x2dapp.mount"
        )
        path = f"/run/{driver}/{name}"
        # A program that isn't installed here would be all that it complains of.
        text = unit.read_text().replace("/usr/bin/rclone", "/usr/bin/true")
        verified = ground.told(
            f"mkdir -p /run/{driver}; cat > '{path}' <<'END'\n{text}END\nsystemd-analyze verify '{path}'"
        )
        assert verified == "", driver


def test_absent_leaves_nothing_of_ours_and_all_that_the_share_holds(ground: Ground) -> None:
    precious = f"docker run --rm -v my-app:/app {IMAGE} sh -c 'echo precious > /app/x'; {WEB}"
    played = ground.walk(
        ground.sshfs(required=True),
        precious,
        GONE,
        "docker rm -f web",
        GONE,
        GONE,
        "docker volume ls -q; ls /srv/slipway; find /etc -name '*slipway-storage*'; ls /etc/slipway/storage",
    )

    assert "these containers have its volume: web" in played[2]["msg"]
    assert not played[4]["failed"], played[4]["msg"]
    assert played[5]["plan"] == []
    assert played[6]["stdout"] == ""
    assert ground.server.ssh("cat /export/data/x").stdout == "precious\n"


def test_data_goes_by_its_name_and_with_consent_only(ground: Ground) -> None:
    ground.walk(bind(), "echo x > /mnt/nas/data/x; echo x > /mnt/nas/other")
    refused = ground.play({**GONE, "purge": "my-app"})
    purged = ground.play({**GONE, "purge": "my-app"}, consent=["restart", "destroy"])

    assert "a consent that was not given" in refused.message
    assert purged.status == 0, purged.text
    assert ground.told("ls -A /mnt/nas") == ".slipway-share\nother"


def test_the_engine_does_not_start_without_what_is_required(ground: Ground) -> None:
    by_role = ground.role(bind(required=True))
    played = ground.walk(
        "mv /mnt/nas /mnt/nas.away; systemctl stop docker.socket docker.service",
        f"systemctl stop {MOUNT}; systemctl start docker.service",
        "mv /mnt/nas.away /mnt/nas; systemctl reset-failed; systemctl start docker.socket docker.service;"
        + LAYERS,
    )

    assert by_role.status == 0, by_role.text
    assert played[1]["rc"] != 0
    assert played[2]["stdout"] == "1", played[2]["stderr"]


def test_other_options_are_taken_up_and_containers_are_asked_about(ground: Ground) -> None:
    other: dict[str, t.Any] = bind(mount={"noexec": True})
    played = ground.walk(
        bind(),
        WEB,
        other,
        {**other, "replace": "stop_containers"},
        f"grep ' {SHARE} ' /proc/self/mountinfo; docker exec web true",
        other,
    )

    assert "it has to be mounted anew, and web run with it" in played[2]["msg"]
    assert not played[3]["failed"], played[3]["msg"]
    assert "noexec" in played[4]["stdout"]
    assert played[4]["rc"] == 0
    assert played[5]["plan"] == []
