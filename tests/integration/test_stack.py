# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Compose project on a real engine: made, unchanged, changed, stopped, taken away, each first in check mode."""

from __future__ import annotations

import json
import pathlib
import subprocess
import typing as t
import urllib.request

import pytest

from tests.ground.programs import compose
from tests.images.build import build
from tests.integration.conftest import docker
from tests.integration.playing import Played, stack


class Shop:
    """A project in a folder, run by the module and looked at through the real client."""

    def __init__(self, folder: pathlib.Path, name: str, image: str) -> None:
        self.folder = folder
        self.name = name
        self.image = image

    def write(self, services: t.Mapping[str, t.Any], **top: t.Any) -> None:
        """The Compose file."""
        (self.folder / "compose.yml").write_text(
            json.dumps({"name": self.name, "services": services, **top})
        )

    def run(self, **options: t.Any) -> Played:
        """Run it; check mode must have told the same plan."""
        told = stack(self.folder, check=True, **options)
        played = stack(self.folder, **options)
        assert played.status == 0, played.text
        assert told.plan == played.plan
        return played

    def must_be_unchanged(self, **options: t.Any) -> None:
        """Run it again: nothing may be left to do."""
        again = stack(self.folder, **options)
        assert (again.plan, again.changed) == ([], False)

    def inspect(self, service: str) -> dict[str, t.Any]:
        """The first container of a service."""
        found: dict[str, t.Any] = json.loads(docker("inspect", f"{self.name}-{service}-1"))[0]
        return found

    def exec(self, service: str, *words: str) -> str:
        """What a command in a service prints."""
        return docker("exec", f"{self.name}-{service}-1", *words)


@pytest.fixture
def shop(tmp_path: pathlib.Path, project: str, busybox: str) -> Shop:
    """An empty project."""
    return Shop(tmp_path, project, busybox)


def service(image: str, **keys: t.Any) -> dict[str, t.Any]:
    """A service that runs until it is stopped, and stops at once."""
    return {
        "image": image,
        "command": ["sleep", "100000"],
        "init": True,
        "stop_grace_period": "1s",
        **keys,
    }


def test_a_stack_is_made_in_order_and_then_left_alone(shop: Shop) -> None:
    shop.write(
        {
            "db": service(
                shop.image,
                healthcheck={"test": ["CMD", "true"], "interval": "1s"},
                volumes=["data:/data"],
            ),
            "migrate": {
                "image": shop.image,
                "command": ["sh", "-c", "echo done > /data/migrated"],
                "volumes": ["data:/data"],
                "depends_on": {"db": {"condition": "service_healthy"}},
            },
            "web": service(
                shop.image,
                depends_on={"migrate": {"condition": "service_completed_successfully"}},
                networks=["front", "default"],
            ),
            "cache": service(shop.image, networks={"front": {"aliases": ["memory"]}}),
        },
        volumes={"data": None},
        networks={"front": {"ipam": {"config": [{"subnet": "172.31.250.0/24"}]}}},
    )

    plan = shop.run().plan

    started = [line.split(":")[0] for line in plan if line.startswith("start ")]
    assert started.index(f"start container {shop.name}-db-1") < started.index(
        f"start container {shop.name}-migrate-1"
    )
    assert started.index(f"start container {shop.name}-migrate-1") < started.index(
        f"start container {shop.name}-web-1"
    )
    assert shop.exec("db", "cat", "/data/migrated") == "done"
    assert shop.exec("web", "ping", "-c", "1", "-w", "2", "memory")
    shop.must_be_unchanged()


def test_a_changed_field_changes_its_service_alone(shop: Shop) -> None:
    services = {
        "web": service(shop.image, environment={"MODE": "a", "DEBUG": "1"}),
        "db": service(shop.image),
    }
    shop.write(services)
    shop.run()
    kept = shop.inspect("db")["Id"]
    services["web"]["environment"] = {"MODE": "b"}
    shop.write(services)

    plan = shop.run().plan

    assert plan[0].endswith("environment.DEBUG removed; environment.MODE 'a' -> 'b'")
    assert all(f"{shop.name}-web-1" in line for line in plan)
    assert shop.inspect("db")["Id"] == kept
    shop.must_be_unchanged()


def test_what_the_engine_changes_in_place_keeps_its_container(shop: Shop) -> None:
    shop.write({"web": service(shop.image, mem_limit="64m", restart="no")})
    shop.run()
    kept = shop.inspect("web")["Id"]
    shop.write({"web": service(shop.image, mem_limit="96m", restart="unless-stopped")})

    shop.run()

    found = shop.inspect("web")
    assert found["Id"] == kept
    assert found["HostConfig"]["Memory"] == 96 << 20
    assert found["HostConfig"]["RestartPolicy"]["Name"] == "unless-stopped"
    shop.must_be_unchanged()


def test_what_changed_on_the_host_is_drift_and_is_mended(shop: Shop) -> None:
    shop.write({"web": service(shop.image, mem_limit="64m")})
    shop.run()
    docker("update", "--memory", "96m", "--memory-swap", "-1", f"{shop.name}-web-1")
    docker("stop", "-t", "0", f"{shop.name}-web-1")

    played = shop.run()

    assert any("mem_limit" in line for line in played.results[-1]["drift"])
    found = shop.inspect("web")
    assert found["State"]["Running"]
    assert found["HostConfig"]["Memory"] == 64 << 20
    shop.must_be_unchanged()


def test_replicas_come_and_go(shop: Shop) -> None:
    shop.write({"web": service(shop.image, scale=3)})
    shop.run()
    shop.write({"web": service(shop.image, scale=1)})

    assert stack(shop.folder).results[-1]["orphans"]
    shop.run(orphans="remove")

    assert (
        docker("ps", "-a", "--filter", f"name={shop.name}", "--format", "{{.Names}}")
        == f"{shop.name}-web-1"
    )
    shop.must_be_unchanged(orphans="remove")


def test_a_service_that_is_gone_from_the_file_is_an_orphan(shop: Shop) -> None:
    shop.write(
        {"web": service(shop.image), "old": service(shop.image, networks=["back"])},
        networks={"back": None},
    )
    shop.run()
    shop.write({"web": service(shop.image)})

    reported = stack(shop.folder)
    removed = shop.run(orphans="remove")

    assert set(reported.results[-1]["orphans"]) == {
        f"container {shop.name}-old-1",
        f"network {shop.name}_back",
    }
    assert not reported.changed
    assert f"remove container {shop.name}-old-1: no longer in project '{shop.name}'" in removed.plan
    shop.must_be_unchanged(orphans="remove")


def test_configs_and_secrets_lie_in_the_container_as_asked(shop: Shop) -> None:
    (shop.folder / "motd.txt").write_text("hello")
    (shop.folder / "password.txt").write_text("s3cret")
    shop.write(
        {
            "web": service(
                shop.image,
                configs=[{"source": "motd", "target": "/etc/motd"}, "inline"],
                secrets=[{"source": "password", "uid": "7", "gid": "8", "mode": 0o400}],
            )
        },
        configs={"motd": {"file": "./motd.txt"}, "inline": {"content": "from the file itself"}},
        secrets={"password": {"file": "./password.txt"}},
    )
    text = shop.run().text

    assert shop.exec("web", "cat", "/etc/motd") == "hello"
    assert shop.exec("web", "cat", "/inline") == "from the file itself"
    assert shop.exec("web", "stat", "-L", "-c", "%u:%g %a", "/run/secrets/password") == "7:8 400"
    assert "s3cret" not in text
    shop.must_be_unchanged()


def test_a_changed_config_file_reaches_the_container(shop: Shop) -> None:
    (shop.folder / "motd.txt").write_text("hello")
    shop.write(
        {"web": service(shop.image, configs=["motd"])}, configs={"motd": {"file": "./motd.txt"}}
    )
    shop.run()
    (shop.folder / "motd.txt").write_text("good bye")

    shop.run()

    assert shop.exec("web", "cat", "/motd") == "good bye"
    shop.must_be_unchanged()


def test_relative_bind_mounts_are_carried_and_followed(
    shop: Shop, tmp_path_factory: pytest.TempPathFactory
) -> None:
    (shop.folder / "www").mkdir()
    (shop.folder / "www" / "index.html").write_text("one")
    (shop.folder / "www" / "old.html").write_text("old")
    shop.write({"web": service(shop.image, volumes=["./www:/www", "./empty:/empty"])})
    there = {"in_place": False, "directory": str(tmp_path_factory.mktemp("host") / "stack")}
    shop.run(**there)
    assert shop.exec("web", "cat", "/www/index.html") == "one"
    kept = shop.inspect("web")["Id"]
    shop.exec("web", "sh", "-c", "echo mine > /www/uploaded; echo data > /empty/data")
    (shop.folder / "www" / "index.html").write_text("two")
    (shop.folder / "www" / "old.html").unlink()

    played = shop.run(**there)

    assert [line.split(" ")[0] for line in played.plan] == ["place"]
    assert shop.exec("web", "cat", "/www/index.html") == "two"
    assert sorted(shop.exec("web", "ls", "/www").split()) == ["index.html", "uploaded"]
    assert shop.exec("web", "cat", "/empty/data") == "data"
    assert shop.inspect("web")["Id"] == kept
    shop.must_be_unchanged(**there)


def test_a_build_is_done_once_and_again_when_its_context_changes(shop: Shop) -> None:
    (shop.folder / "app").mkdir()
    (shop.folder / "app" / "Dockerfile").write_text(f"FROM {shop.image}\nCOPY greeting /greeting\n")
    (shop.folder / "app" / "greeting").write_text("hello")
    shop.write({"web": service(f"{shop.name}-built", build="./app")})
    try:
        shop.run()
        assert shop.exec("web", "cat", "/greeting") == "hello"
        shop.must_be_unchanged()
        (shop.folder / "app" / "greeting").write_text("good bye")

        plan = shop.run().plan

        assert plan[0].startswith(f"build image {shop.name}-built")
        assert shop.exec("web", "cat", "/greeting") == "good bye"
        shop.must_be_unchanged()
    finally:
        docker("rmi", "-f", f"{shop.name}-built")


def test_stopped_and_absent_keep_the_data_unless_told(shop: Shop) -> None:
    shop.write({"web": service(shop.image, volumes=["data:/data"])}, volumes={"data": None})
    shop.run()
    shop.exec("web", "sh", "-c", "echo precious > /data/file")

    shop.run(state="stopped")
    assert not shop.inspect("web")["State"]["Running"]
    shop.must_be_unchanged(state="stopped")

    shop.run(state="absent")
    assert docker("ps", "-aq", "--filter", f"name={shop.name}") == ""
    assert docker("volume", "ls", "-q", "--filter", f"name={shop.name}") == f"{shop.name}_data"
    shop.must_be_unchanged(state="absent")

    shop.run()
    assert shop.exec("web", "cat", "/data/file") == "precious"

    shop.run(state="absent", volumes=True)
    assert docker("volume", "ls", "-q", "--filter", f"name={shop.name}") == ""
    shop.must_be_unchanged(state="absent", volumes=True)


def test_a_volume_that_leads_elsewhere_is_not_turned_under_a_container(
    shop: Shop, tmp_path_factory: pytest.TempPathFactory
) -> None:
    one, other = (str(tmp_path_factory.mktemp("share")) for _share in range(2))
    elsewhere = {"driver_opts": {"type": "none", "o": "bind", "device": one}}
    services = {"web": service(shop.image, volumes=["share:/share"])}
    shop.write(services, volumes={"share": elsewhere})
    shop.run()
    kept = shop.inspect("web")["Id"]
    elsewhere["driver_opts"]["device"] = other
    shop.write(services, volumes={"share": elsewhere})

    refused = stack(shop.folder)

    assert f"volume '{shop.name}_share' is to be made anew" in refused.message
    assert shop.inspect("web")["Id"] == kept
    shop.run(state="absent")
    shop.run()
    assert (
        json.loads(docker("volume", "inspect", f"{shop.name}_share"))[0]["Options"]["device"]
        == other
    )


def test_published_ports_answer(shop: Shop) -> None:
    shop.write(
        {
            "web": service(
                shop.image,
                command=["httpd", "-f", "-p", "80", "-h", "/"],
                ports=["127.0.0.1:18931:80"],
                healthcheck={
                    "test": ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1/etc/passwd"],
                    "interval": "1s",
                },
            )
        }
    )
    shop.run()

    with urllib.request.urlopen("http://127.0.0.1:18931/etc/passwd", timeout=5) as answer:
        assert answer.status == 200


def test_a_replacement_that_does_not_become_healthy_is_taken_back(shop: Shop) -> None:
    healthy = {"test": ["CMD", "true"], "interval": "1s", "retries": 1}
    shop.write({"web": service(shop.image, healthcheck=healthy, environment={"V": "1"})})
    shop.run()
    kept = shop.inspect("web")["Id"]
    broken = {**healthy, "test": ["CMD", "sh", "-c", "echo not yet; exit 1"]}
    shop.write(
        {
            "web": service(
                shop.image, command=["sh", "-c", "echo starting up; sleep 1000"], healthcheck=broken
            )
        }
    )

    failed = stack(shop.folder, wait_timeout=30)

    assert failed.status != 0
    assert "not yet" in failed.message
    assert "starting up" in failed.message
    found = shop.inspect("web")
    assert found["Id"] == kept
    assert found["State"]["Running"]
    assert (
        docker("ps", "-a", "--filter", f"name={shop.name}", "--format", "{{.Names}}")
        == f"{shop.name}-web-1"
    )


def test_an_image_that_is_not_there_is_refused_before_anything_is_made(shop: Shop) -> None:
    shop.write({"web": service("127.0.0.1:1/nobody/nothing:1"), "db": service(shop.image)})

    failed = stack(shop.folder)

    assert failed.status != 0
    assert "127.0.0.1:1/nobody/nothing:1" in failed.message
    assert docker("ps", "-aq", "--filter", f"name={shop.name}") == ""
    assert docker("network", "ls", "-q", "--filter", f"name={shop.name}") == ""


def test_an_engine_that_does_not_answer_is_said_so(shop: Shop) -> None:
    shop.write({"web": service(shop.image)})

    failed = stack(shop.folder, docker_host=f"unix://{shop.folder}/nobody.sock")

    assert failed.status != 0
    assert "doesn't answer" in failed.message
    assert "engine role" in failed.message


def test_several_files_profiles_and_env_files_go_together(shop: Shop) -> None:
    shop.write(
        {
            "web": service(shop.image, environment={"WHO": "${WHO}"}),
            "debug": service(shop.image, profiles=["debug"]),
        }
    )
    (shop.folder / "more.yml").write_text(
        json.dumps({"services": {"web": {"environment": {"MORE": "${MORE:-default}"}}}})
    )
    (shop.folder / "my.env").write_text("WHO=me\n")
    files = [str(shop.folder / "compose.yml"), str(shop.folder / "more.yml")]

    shop.run(
        files=files,
        env_files=[str(shop.folder / "my.env")],
        profiles=["debug"],
        environment={"MORE": "given"},
    )

    environment = shop.inspect("web")["Config"]["Env"]
    assert {"WHO=me", "MORE=given"} <= set(environment)
    assert shop.inspect("debug")["State"]["Running"]


def test_the_example_that_the_field_started_with_runs_as_it_is(shop: Shop) -> None:
    web, memcached, redis = build(["web:1", "memcached:1", "redis:1"])
    (shop.folder / "compose.yml").write_text(
        FIRST_EXAMPLE.format(web=web, memcached=memcached, redis=redis)
    )
    (shop.folder / ".env").write_text(
        f"PROJECT_HTTP_PORT=80\nCOMPOSE_PROJECT_NAME={shop.name}\nAPACHEVOLUME=../../var/www/html/\nMAGE_RUN_CODE=base\n"
    )

    shop.run()

    apache = shop.inspect("apache")
    assert "MAGE_RUN_CODE=base" in apache["Config"]["Env"]
    assert apache["HostConfig"]["Dns"] == ["8.8.8.8"]
    assert apache["HostConfig"]["RestartPolicy"]["Name"] == "always"
    assert [mount["Destination"] for mount in apache["Mounts"]] == ["/var/www/html"]
    (port,) = {each["HostPort"] for each in apache["NetworkSettings"]["Ports"]["80/tcp"]}
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5) as answer:
        assert answer.read() == b"web 1\n"
    assert shop.exec("redis", "redis-cli", "ping") == "PONG"
    assert "STAT version" in shop.exec(
        "redis", "sh", "-c", "(echo stats; sleep 0.2) | nc memcached 11211"
    )
    shop.must_be_unchanged()


FIRST_EXAMPLE = """
version: '3.1'
services:
  apache:
    image: {web}
    command: httpd -f -p 80 -h /www
    volumes:
      - "${{APACHEVOLUME}}"
    ports:
      - "${{PROJECT_HTTP_PORT}}"
    expose:
      - "80"
    dns:
      - 8.8.8.8
    restart: always
    environment:
      - MAGE_RUN_CODE=${{MAGE_RUN_CODE}}
  memcached:
    image: {memcached}
  redis:
    image: {redis}
"""


def test_composes_own_program_shows_a_stack_of_ours(shop: Shop) -> None:
    shop.write(
        {
            "web": service(shop.image, command=["sh", "-c", "echo we are open; sleep 1000"]),
            "db": service(shop.image, scale=2),
        }
    )
    shop.run()

    def program(*words: str) -> str:
        return subprocess.run(
            [str(compose()), "-p", shop.name, *words], capture_output=True, text=True, check=True
        ).stdout

    shown = {
        each["Name"]: each
        for each in map(json.loads, program("ps", "--format", "json").splitlines())
    }
    assert {name: (each["Service"], each["State"]) for name, each in shown.items()} == {
        f"{shop.name}-web-1": ("web", "running"),
        f"{shop.name}-db-1": ("db", "running"),
        f"{shop.name}-db-2": ("db", "running"),
    }
    assert "web-1  | we are open" in program("logs", "web")
    assert shop.name in program("ls")
