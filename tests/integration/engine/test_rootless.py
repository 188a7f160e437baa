# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Engines that users run without root, on real hosts: made with the host's, used, broken, and taken away."""

from __future__ import annotations

import json
import typing as t
from pathlib import Path

import pytest
import yaml

from tests.hosts import host as hosts
from tests.integration import playing
from tests.integration.engine.conftest import Ground, load_image

BUSYBOX = "slipway-test/busybox:1"
SETTINGS = {"log-driver": "local", "labels": ["stage=one"]}
DECLARED: dict[str, t.Any] = {"user": "ada", "config": SETTINGS}
GUIDE = Path(__file__).parents[3] / "docs/rootless.md"
UNIT = "/home/ada/.config/systemd/user/docker.service"
CONFIG = "/home/ada/.config/docker/daemon.json"
# An account that useradd gives no subordinate ids, and the devices as udev leaves them: everybody's.
PREPARE = "useradd --system --create-home --shell /bin/bash ada; chmod 666 /dev/fuse /dev/net/tun"


class Users(Ground):
    """A host whose user ada has an engine."""

    def declare(self, check: bool = False, consent: t.Any = None, **ada: t.Any) -> playing.Played:
        """Run the engine's module with ada's engine as it was, but for this."""
        more = {"consent": consent} if consent else {}
        return self.engine(check, rootless=[{**DECLARED, **ada}], **more)

    @property
    def uid(self) -> str:
        return self.told("id -u ada")

    def docker(self, words: str) -> str:
        """What ada's engine is told, and answers."""
        return self.told(f"DOCKER_HOST=unix:///run/user/{self.uid}/docker.sock docker {words}")

    @property
    def daemon(self) -> str:
        """The process that ada's engine is."""
        return self.told(f"cat /run/user/{self.uid}/docker.pid")

    def seen(self) -> dict[str, t.Any]:
        """What the last run told of ada's engine."""
        assert self.first is not None
        return dict(self.first.results[-1]["rootless"][0])


def on(suite: str, folder: Path, image: str) -> t.Iterator[Users]:
    """A bare host on which check mode was run, then the module, for the host's engine and ada's."""
    name = f"rootless-{suite}"
    hosts.down(name)
    users = Users(hosts.up(name, suite), folder, "systemd")
    users.told(PREPARE)
    users.foreseen = users.declare(check=True)
    users.first = users.declare()
    load_image(users, image)
    yield users
    hosts.down(name)


@pytest.fixture(scope="module")
def users(tmp_path_factory: pytest.TempPathFactory, busybox: str) -> t.Iterator[Users]:
    """A host with a newer engine."""
    yield from on("trixie", tmp_path_factory.mktemp("rootless"), busybox)


@pytest.fixture
def of_old(tmp_path: Path, busybox: str) -> t.Iterator[Users]:
    """A host with the oldest engine."""
    yield from on("bookworm", tmp_path, busybox)


def verbs(played: playing.Played) -> list[str]:
    """The plan without names and causes."""
    return [line.partition(":")[0] for line in played.plan]


def test_one_run_makes_the_engines_of_the_host_and_of_a_user_as_foreseen(users: Users) -> None:
    assert users.foreseen is not None
    assert users.first is not None
    assert users.first.status == 0, users.first.text
    assert users.foreseen.plan == users.first.plan
    assert verbs(users.first) == [
        "install engine docker", "configure engine docker", "start engine docker",
        "await ready engine docker", "add-subids rootless ada", "linger rootless ada",
        "configure rootless ada", "place-unit rootless ada", "start rootless ada",
        "await ready rootless ada",
    ]  # fmt: skip
    assert "rootlesskit" in users.first.plan[0]


def test_the_engine_is_the_users_own(users: Users) -> None:
    seen = users.seen()

    assert (seen["running"], seen["enabled"]) == (True, True)
    assert seen["docker_host"] == f"unix:///run/user/{users.uid}/docker.sock"
    assert seen["version"] == users.docker("version -f '{{.Server.Version}}'")
    assert seen["data_root"] == "/home/ada/.local/share/docker"
    assert "rootless" in users.docker("info -f '{{.SecurityOptions}}'")
    assert users.docker("info -f '{{.LoggingDriver}}'") == "local"
    assert users.told(f"ps -o user= -p {users.daemon}") == "ada"
    assert users.told(f"stat -c '%U %a' {UNIT} {CONFIG}") == "ada 600\nada 644"
    assert users.told("ls /var/lib/systemd/linger") == "ada"


def test_a_container_runs_in_it_with_the_users_rights(users: Users) -> None:
    assert "Loaded image" in users.docker("load -i /root/image.tar")
    first = users.told("grep ^ada: /etc/subuid | cut -d: -f2")

    assert users.docker(f"run --rm {BUSYBOX} id -u") == "0"
    mapped = users.docker(f"run --rm {BUSYBOX} cat /proc/self/uid_map").split()
    assert mapped == ["0", users.uid, "1", "1", first, "65536"]
    users.docker(f"run -d --name web -p 8080:80 {BUSYBOX} httpd -f -p 80")
    assert "404" in users.told("curl -sS -m 5 http://127.0.0.1:8080/")


def test_a_second_run_changes_nothing(users: Users) -> None:
    again = users.declare()

    assert (again.status, again.changed, again.plan) == (0, False, [])


def test_other_modules_reach_it_as_the_guide_says(users: Users) -> None:
    played = users.play(yaml.safe_load(GUIDE.read_text().split("```yaml\n")[1].split("```")[0]))

    assert played.plan == ["create volume mine: not found"]
    assert "mine" in users.docker("volume ls -q")
    assert "mine" not in users.told("docker volume ls -q")


def test_what_can_be_reloaded_stops_nothing(users: Users) -> None:
    daemon = users.daemon

    played = users.declare(config={**SETTINGS, "labels": ["stage=two"]})

    assert verbs(played) == ["configure rootless ada", "reload rootless ada"]
    assert users.docker("info -f '{{.Labels}}'") == "[stage=two]"
    assert verbs(users.declare()) == ["configure rootless ada", "reload rootless ada"]
    assert users.daemon == daemon
    assert users.docker("ps --format '{{.Names}}'") == "web"
    users.docker("rm -f web")


def test_settings_that_the_engine_does_not_survive_are_put_back(users: Users) -> None:
    played = users.declare(config={**SETTINGS, "seccomp-profile": "/nonexistent.json"})

    assert "opening seccomp profile (/nonexistent.json) failed" in played.message
    assert "put back: configure rootless ada" in played.message
    assert json.loads(users.told(f"cat {CONFIG}")) == SETTINGS
    assert users.docker("info -f '{{.LoggingDriver}}'") == "local"
    assert users.declare().plan == []


def test_what_somebody_changed_is_mended_and_called_drift(users: Users) -> None:
    users.told(f"sed -i s/^RestartSec=.*/RestartSec=9/ {UNIT}; loginctl disable-linger ada")
    # Nobody is logged in, so the service manager ends, and the engine with it.
    users.told(f"systemctl stop user@{users.uid}.service")

    played = users.declare()

    assert played.results[-1]["edits"] == []
    assert verbs(played) == [
        "linger rootless ada", "place-unit rootless ada", "start rootless ada",
        "await ready rootless ada",
    ]  # fmt: skip
    assert users.told("ls /var/lib/systemd/linger") == "ada"
    assert "RestartSec=2" in users.told(f"cat {UNIT}")
    assert users.declare().plan == []


def test_it_comes_with_the_service_manager_and_nobody_logged_in(users: Users) -> None:
    users.told(f"systemctl restart user@{users.uid}.service")

    assert users.declare().plan in ([], ["await ready rootless ada: the engine has to answer"])
    assert users.docker("info -f '{{.LoggingDriver}}'") == "local"


def test_absent_takes_away_what_we_made_and_data_with_consent_alone(users: Users) -> None:
    refused = users.declare(state="absent", remove_data=True)
    gone = users.declare(state="absent")

    assert "destroy" in refused.message
    assert verbs(gone) == [
        "stop rootless ada", "remove-unit rootless ada", "unconfigure rootless ada",
        "unlinger rootless ada",
    ]  # fmt: skip
    assert users.told(f"ls {UNIT} {CONFIG} /var/lib/systemd/linger") == "/var/lib/systemd/linger:"
    assert users.told("ls -d /home/ada/.local/share/docker") != ""

    users.told("runuser -u ada -- sleep 60 >/dev/null 2>&1 </dev/null &")
    rest = users.declare(state="absent", remove_data=True, consent=["destroy"])

    assert verbs(rest) == ["destroy-data rootless ada", "drop-subids rootless ada"]
    assert users.told("grep ada /etc/subuid /etc/subgid; ls -A /home/ada/.local/share") == ""
    assert users.declare(state="absent").plan == []
    assert users.told("docker info -f '{{.ServerVersion}}'") != ""


def test_the_oldest_engine_walks_the_same_way(of_old: Users) -> None:
    assert of_old.foreseen is not None
    assert of_old.first is not None
    assert of_old.first.status == 0, of_old.first.text
    assert of_old.foreseen.plan == of_old.first.plan
    assert of_old.seen()["version"].startswith("20.10")
    assert "Loaded image" in of_old.docker("load -i /root/image.tar")
    assert of_old.docker(f"run --rm {BUSYBOX} id -u") == "0"
    assert of_old.declare().plan == []

    changed = of_old.declare(config={**SETTINGS, "debug": True})
    leaving = {**DECLARED, "state": "absent", "remove_data": True}
    gone = of_old.engine(state="absent", rootless=[leaving], consent=["destroy"])

    assert verbs(changed) == ["configure rootless ada", "reload rootless ada"]
    assert verbs(gone) == [
        "stop rootless ada", "remove-unit rootless ada", "unconfigure rootless ada",
        "destroy-data rootless ada", "unlinger rootless ada", "drop-subids rootless ada",
        "stop engine docker", "unconfigure engine docker", "remove engine docker",
    ]  # fmt: skip
    assert of_old.told("grep ada /etc/subuid /etc/subgid; ls -A /home/ada/.local/share") == ""
