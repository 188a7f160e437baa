# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stack as a transaction: all services up and healthy, or all as before."""

from __future__ import annotations

import json
import pathlib
import typing as t

import pytest

from tests.integration.conftest import LABEL, docker
from tests.integration.playing import Played, stack

WELL, SICK = ["CMD", "true"], ["CMD", "false"]


class Shop:
    """Four services on two networks, in a chain; the third can be sick."""

    def __init__(self, folder: pathlib.Path, project: str, image: str) -> None:
        self.folder, self.project, self.image = folder, project, image

    def run(self, version: str, health: t.Sequence[str], **options: t.Any) -> Played:
        services = {name: self._service(version) for name in ("a", "b", "c", "d")}
        for name, before in zip("bcd", "abc"):
            services[name]["depends_on"] = {before: {"condition": "service_started"}}
        services["c"]["healthcheck"] = {"test": health, "interval": "0.2s", "retries": 2}
        services["d"]["depends_on"]["c"]["condition"] = "service_healthy"
        services["a"]["volumes"] = ["data:/data"]
        networks = {"front": None, **({"back": None} if version != "1" else {})}
        for service in services.values():
            service["networks"] = list(networks)
        model = {"services": services, "networks": networks, "volumes": {"data": None}}
        text = json.dumps({"name": self.project, **model})
        (self.folder / "compose.yml").write_text(text)
        return stack(self.folder, on_failure="rollback", **options)

    def _service(self, version: str) -> dict[str, t.Any]:
        return {
            "image": self.image,
            "command": ["sleep", "100000"],
            "init": True,
            "stop_grace_period": "1s",
            "environment": {"VERSION": version},
        }

    def picture(self) -> list[str]:
        """The ids, names and states of the containers, and the ids and names of the networks."""
        mine = ("--no-trunc", "--filter", f"label={LABEL}={self.project}", "--format")
        rows = "{{.ID}} {{.Names}} {{.State}},{{.Networks}}"
        containers = docker("ps", "-a", *mine, rows).splitlines()
        networks = docker("network", "ls", *mine, "{{.ID}} {{.Name}}").splitlines()
        return sorted([*(",".join(sorted(row.split(","))) for row in containers), *networks])


@pytest.fixture
def shop(tmp_path: pathlib.Path, project: str, busybox: str) -> Shop:
    """The project, not up yet."""
    return Shop(tmp_path, project, busybox)


def test_the_third_of_four_fails_and_all_is_as_before(shop: Shop) -> None:
    assert shop.run("1", WELL).status == 0
    before = shop.picture()

    played = shop.run("2", SICK)

    assert played.status != 0
    assert not played.changed
    assert f"await healthy container {shop.project}-c-1 failed" in played.message
    assert "its health check failed 2 times" in played.message
    assert shop.picture() == before


def test_after_the_mend_it_converges(shop: Shop) -> None:
    shop.run("1", WELL)
    shop.run("2", SICK)

    assert shop.run("2", WELL).status == 0

    again = shop.run("2", WELL)
    assert (again.plan, again.changed) == ([], False)


def test_a_first_run_that_fails_leaves_its_volume_and_nothing_else(shop: Shop) -> None:
    played = shop.run("1", SICK)

    assert played.status != 0
    assert shop.picture() == []
    assert docker("volume", "ls", "-q", "--filter", f"label={LABEL}={shop.project}")


def test_an_image_that_was_built_anew_gives_the_name_back(
    tmp_path: pathlib.Path, project: str, busybox: str
) -> None:
    (tmp_path / "app").mkdir()

    def run(version: str, health: t.Sequence[str]) -> Played:
        (tmp_path / "app" / "Dockerfile").write_text(f"FROM {busybox}\nENV VERSION={version}\n")
        (tmp_path / "app" / "version").write_text(version)
        check = {"test": health, "interval": "0.2s", "retries": 2}
        command = ["sleep", "100000"]
        web = {"build": "./app", "command": command, "init": True, "healthcheck": check}
        text = json.dumps({"name": project, "services": {"web": web}})
        (tmp_path / "compose.yml").write_text(text)
        return stack(tmp_path, on_failure="rollback")

    def image() -> str:
        return docker("image", "inspect", "--format", "{{.Id}}", f"{project}-web")

    assert run("1", WELL).status == 0
    before = image()

    played = run("2", SICK)

    assert played.status != 0
    assert not played.changed
    assert image() == before
    assert run("1", WELL).plan == []
    assert run("2", WELL).status == 0
    assert image() != before
    docker("rm", "-f", f"{project}-web-1")
    docker("image", "rm", "-f", f"{project}-web")


def test_orphans_are_there_again_or_not_given_up(shop: Shop) -> None:
    shop.run("2", WELL)
    before = shop.picture()

    played = shop.run("1", SICK, orphans="remove")

    assert played.status != 0
    assert shop.picture() == before
    assert shop.run("1", WELL, orphans="remove").status == 0
    assert not any("_back" in line for line in shop.picture())
