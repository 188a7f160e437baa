# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A data root moves with all that is in it, or stays as it was, on real engines."""

from __future__ import annotations

import typing as t

import pytest

from tests.integration.engine.conftest import ROOTS, Standing
from tests.integration.playing import Played

CONSENT = {"consent": ["reload", "restart", "destroy"]}
INVENTORY = "docker images -q --no-trunc | sort; docker ps -aq --no-trunc | sort; docker volume ls -q | sort"
IMAGE = "slipway-test/busybox:1"
# A layer that takes a file away and makes a directory anew, a volume with odd files, and a web that comes back.
FILL = f"""
docker run --name maker {IMAGE} sh -c 'mkdir -p /d/e; echo x > /d/gone; echo y > /d/stays; echo z > /d/e/f'
docker commit maker layered:1
docker run --name remover layered:1 sh -c 'rm /d/gone; rm -r /d/e; mkdir /d/e; echo new > /d/e/g'
docker commit remover layered:2
docker volume create kept
docker run --rm -v kept:/v {IMAGE} sh -c 'echo data > /v/file; ln /v/file /v/link; mkfifo /v/pipe; chown 1234:4321 /v/file'
docker run -d --stop-timeout 1 --restart always --name web -v kept:/v {IMAGE} httpd -f
"""
FILES = "docker run --rm -v kept:/v layered:2 sh -c 'ls /d /d/e; stat -c %u:%g:%h /v/file; cat /v/link; ls -F /v'"
KILL = """
for n in $(seq 600); do
  parent=$(pgrep -x cp | head -1)
  [ -n "$parent" ] && break
  sleep 0.02
done
kill -9 $(cut -d' ' -f4 /proc/$parent/stat) $parent && echo killed
"""


@pytest.fixture
def filled(standing: Standing) -> Standing:
    """A host whose engine holds something, with live-restore off: it would keep containers in the old root."""
    standing.told(
        "docker rm -f web maker remover; docker volume rm kept; docker rmi layered:2 layered:1"
    )
    assert settle(standing).status == 0
    filled = standing.host.ssh(f"set -e; {FILL}")
    assert filled.returncode == 0, filled.stderr
    return standing


def settle(standing: Standing, root: str = "", **config: t.Any) -> Played:
    """A run with another data root, and what a move needs."""
    keys = {"data-root": root or standing.root, "live-restore": False, **config}
    return standing.settle(**keys, options=CONSENT)


def other(standing: Standing) -> str:
    return next(root for root in ROOTS if root != standing.root)


def comes_back(standing: Standing) -> bool:
    """Whether the container that is always restarted runs, soon."""
    wait = "for n in $(seq 100); do docker inspect -f '{{.State.Running}}' web | grep true && break; sleep 0.1; done"
    return standing.told(wait) == "true"


def is_empty(standing: Standing, root: str) -> bool:
    return standing.told(f"ls -A {root} 2>/dev/null") == ""


def test_all_that_was_there_is_in_the_new_root(filled: Standing) -> None:
    target, source = other(filled), filled.root
    before, files = filled.told(INVENTORY), filled.told(FILES)
    whiteouts = filled.told(f"find {source}/overlay2 -type c | wc -l")
    foreseen = filled.settle(
        check=True, options=CONSENT, **{"data-root": target, "live-restore": False}
    )

    played = settle(filled, target)

    assert played.status == 0, played.text
    assert foreseen.plan == played.plan
    assert [line.partition(" engine")[0] for line in played.plan] == [
        "halt", "move-data", "configure", "start", "await ready", "await data", "drop-data",
    ]  # fmt: skip
    assert played.plan[0].endswith("stops web")
    filled.root = target
    assert filled.told("docker info -f '{{.DockerRootDir}}'") == target
    assert is_empty(filled, source)
    assert filled.told(INVENTORY) == before
    assert filled.told(FILES) == files
    assert "stays" in files
    assert "gone" not in files
    assert int(whiteouts) > 0
    assert filled.told(f"find {target}/overlay2 -type c | wc -l") == whiteouts
    assert comes_back(filled)
    assert settle(filled).plan == []
    print(f"\n{filled.host.name}: {played.plan[1]}")


def test_an_engine_that_does_not_come_up_in_the_new_root_is_back_in_the_old_one(
    filled: Standing,
) -> None:
    before, target = filled.told(INVENTORY), other(filled)

    played = settle(filled, target, **{"metrics-addr": "127.0.0.1:22"})

    assert "address already in use" in played.message
    assert filled.told("docker info -f '{{.DockerRootDir}}'") == filled.root
    assert filled.told(INVENTORY) == before
    assert comes_back(filled)
    assert is_empty(filled, target), played.message
    assert settle(filled).plan == []


def test_a_move_that_is_killed_is_finished_by_the_next_run(filled: Standing) -> None:
    target, source = other(filled), filled.root
    filled.told(
        f"docker run --rm -v kept:/v {IMAGE} dd if=/dev/urandom of=/v/large bs=1M count=300"
    )
    before = filled.told(INVENTORY)
    filled.host.ssh(f"cat > /root/kill.sh <<'END'\n{KILL}\nEND\n")
    filled.host.ssh("setsid sh /root/kill.sh >/root/killed 2>&1 </dev/null &")

    killed = settle(filled, target)
    assert filled.told("cat /root/killed") == "killed", killed.text
    assert killed.status != 0
    assert (
        filled.host.ssh(
            "docker --host unix:///nowhere info; systemctl is-active docker"
        ).stdout.strip()
        != "active"
    )
    assert not is_empty(filled, target)
    finished = settle(filled, target)

    assert finished.status == 0, finished.text
    filled.root = target
    assert filled.told(INVENTORY) == before
    assert is_empty(filled, source)
    assert comes_back(filled)
    print(f"\n{filled.host.name}: killed in mid-copy, then {finished.plan}")
