# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real mounts on a real host: made, swapped, stacked, and with a server that is dead."""

from __future__ import annotations

import time

from tests.integration.storage.conftest import Ground, bind

SHARE = "/srv/slipway/app"
LAYERS = f"grep -c ' {SHARE} ' /proc/self/mountinfo"


def test_a_share_by_ssh_is_mounted_and_seen_by_a_container(ground: Ground) -> None:
    foreseen = ground.play(ground.sshfs(), check=True)
    played = ground.play(ground.sshfs())

    assert played.status == 0, played.text
    assert played.plan == foreseen.plan
    assert ground.play(ground.sshfs()).plan == []
    ground.told("docker run --rm -v app:/app slipway-test/busybox:1 sh -c 'echo hello > /app/x'")
    assert ground.server.ssh("cat /export/data/x").stdout == "hello\n"


def test_no_secret_stands_anywhere_but_in_files_of_root(ground: Ground) -> None:
    ground.play(ground.sshfs())
    line = ground.key.splitlines()[-2]

    found = ground.told(f"grep -rlF '{line}' /etc /var/lib/slipway /srv /run 2>/dev/null")
    assert found == "/etc/slipway/storage/app/key"
    assert ground.told("stat -c %a /etc/slipway/storage/app/key /etc/slipway/storage/app") == (
        "600\n700"
    )
    assert line not in ground.told("cat /proc/[0-9]*/cmdline | tr '\\0' ' '")


def test_a_daemon_that_is_killed_comes_back_and_its_old_mount_is_told(ground: Ground) -> None:
    ground.play(ground.sshfs())
    ground.run_web()
    ground.told("kill -9 $(systemctl show -p MainPID --value slipway-storage-app.service)")
    time.sleep(1)
    assert "not connected" in ground.told(f"ls {SHARE}")
    deadline = time.monotonic() + 20
    while ground.host.ssh(f"ls {SHARE}/data").returncode and time.monotonic() < deadline:
        time.sleep(0.5)

    played = ground.play(ground.sshfs())

    assert (played.status, played.plan) == (0, []), played.text
    assert played.results[-1]["storages"][0]["stale_containers"] == ["web"]
    assert "web still see what was mounted before" in played.text


def test_a_dead_daemon_is_mounted_anew(ground: Ground) -> None:
    ground.play(ground.sshfs())
    # Nobody starts it again, as after a unit was changed by hand.
    ground.told("systemctl kill --signal=STOP slipway-storage-app.service")
    ground.told("mkdir -p /run/systemd/system/slipway-storage-app.service.d")
    ground.told(
        "printf '[Service]\\nRestart=no\\n' > /run/systemd/system/slipway-storage-app.service.d/x.conf;"
        " systemctl daemon-reload"
    )
    ground.told("systemctl kill --signal=KILL slipway-storage-app.service; sleep 1")

    played = ground.play(ground.sshfs())
    ground.told("rm -r /run/systemd/system/slipway-storage-app.service.d; systemctl daemon-reload")

    assert played.status == 0, played.text
    assert "not connected" in played.plan[0]
    assert ground.told(LAYERS) == "1"
    assert ground.host.ssh(f"ls {SHARE}/data").returncode == 0


def test_a_server_that_hangs_is_unknown_within_seconds_and_nothing_is_touched(
    ground: Ground,
) -> None:
    ground.play(ground.sshfs())
    ground.server.ssh("kill -STOP $(pgrep -u app)")
    begun = time.monotonic()

    played = ground.play(ground.sshfs(mount={"ServerAliveInterval": 30}))
    took = time.monotonic() - begun
    ground.server.ssh("kill -CONT $(pgrep -u app)")

    assert "unknown" in played.message
    assert took < 15
    assert ground.told(LAYERS) == "1"
    assert ground.play(ground.sshfs()).plan == []


def test_a_server_that_is_killed_and_comes_back_needs_nobody(ground: Ground) -> None:
    ground.play(ground.sshfs())
    ground.run_web()
    ground.server.ssh("kill -9 $(pgrep -u app)")

    assert ground.told("docker exec web sh -c 'echo again > /app/y; cat /app/y'") == "again"
    assert ground.play(ground.sshfs()).plan == []


def test_another_server_key_is_not_accepted(ground: Ground) -> None:
    storage = ground.sshfs()
    ours = ground.folder / "key.pub"
    storage["source"]["host_keys"] = [ours.read_text().strip()]
    played = ground.play(storage)

    assert played.status != 0
    assert "mount storage app failed" in played.message
    assert ground.told(LAYERS) == "0"
    assert ground.told("ls /etc/systemd/system/slipway-storage-app.service").startswith("ls: ")


def test_a_container_does_not_start_without_the_share(ground: Ground) -> None:
    ground.play(bind())
    ground.told("systemctl stop srv-slipway-app.mount")
    started = ground.host.ssh("docker run --rm -v app:/app slipway-test/busybox:1 true")

    assert "no such file or directory" in started.stderr
    assert ground.told(f"ls -A {SHARE}") == ""
    assert "not permitted" in ground.told(f"touch {SHARE}/x")
    assert ground.play(bind()).plan[0] == "mount storage app: not mounted (drift)"


def test_a_swapped_share_is_refused_and_nothing_is_written(ground: Ground) -> None:
    ground.play(bind())
    ground.told(
        "systemctl stop srv-slipway-app.mount; mv /mnt/nas /mnt/nas.old; mkdir -p /mnt/nas/data"
    )
    played = ground.play(bind())
    left = ground.told("ls -A /mnt/nas /mnt/nas/data")
    ground.told("rm -rf /mnt/nas; mv /mnt/nas.old /mnt/nas")

    assert "the share has lost its marker" in played.message
    assert left == "/mnt/nas:\ndata\n\n/mnt/nas/data:"
    assert ground.told(LAYERS) == "0"


def test_a_share_that_is_mounted_twice_loses_nothing(ground: Ground) -> None:
    ground.play(bind())
    ground.told("echo precious > /mnt/nas/data/x")
    ground.told(f"mount --bind /mnt/nas {SHARE}")
    gone = ground.play({"name": "app", "state": "absent"})
    changed = ground.play(bind(mount={"noexec": True}))

    assert "is mounted 2 times" in gone.message
    assert "is mounted 2 times" in changed.message
    assert ground.told("docker volume ls -q") == "app"
    assert ground.told("cat /mnt/nas/data/x") == "precious"


def test_a_volume_on_which_something_is_mounted_by_hand_loses_nothing(ground: Ground) -> None:
    ground.play(bind())
    data = "/var/lib/docker/volumes/app/_data"
    ground.told("echo precious > /mnt/nas/data/x")
    for _layer in range(2):
        ground.told(f"mount --bind /mnt/nas/data {data}")
    gone = ground.play({"name": "app", "state": "absent"})
    ground.told(f"umount {data}")
    with_one = ground.play({"name": "app", "state": "absent"})
    ground.told(f"umount {data}")

    assert "is mounted 2 times" in gone.message
    assert "no container runs with it" in with_one.message
    assert ground.told("cat /mnt/nas/data/x") == "precious"


def test_absent_leaves_nothing_of_ours_and_all_that_the_share_holds(ground: Ground) -> None:
    ground.play(ground.sshfs(required=True))
    ground.server.ssh("echo precious > /export/data/x")
    assert "Assert" in ground.told(
        "cat /etc/systemd/system/docker.service.d/slipway-storage-app.conf"
    )
    ground.run_web()
    refused = ground.play({"name": "app", "state": "absent"})
    ground.told("docker rm -f web")
    gone = ground.play({"name": "app", "state": "absent"})

    assert "these containers have its volume: web" in refused.message
    assert gone.status == 0, gone.text
    assert ground.play({"name": "app", "state": "absent"}).plan == []
    assert (
        ground.told("docker volume ls -q; ls /srv/slipway; find /etc -name '*slipway-storage*'")
        == ""
    )
    assert ground.server.ssh("cat /export/data/x").stdout == "precious\n"


def test_the_engine_does_not_start_without_what_is_required(ground: Ground) -> None:
    ground.play(bind(required=True))
    ground.told("mv /mnt/nas /mnt/nas.away; systemctl stop docker.socket docker.service")
    ground.told("systemctl stop srv-slipway-app.mount")
    without = ground.host.ssh("systemctl start docker.service")
    ground.told("mv /mnt/nas.away /mnt/nas; systemctl reset-failed")
    with_it = ground.host.ssh("systemctl start docker.socket docker.service")

    assert without.returncode != 0
    assert with_it.returncode == 0, with_it.stderr
    assert ground.told(LAYERS) == "1"
