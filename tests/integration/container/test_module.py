# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module as a user runs it: Compose's names, the names that users of other modules know, its answers."""

from __future__ import annotations

import pathlib
import typing as t

import pytest

from tests.integration.conftest import forget
from tests.integration.container.ground import PREFIX, Ground
from tests.integration.playing import Played, play

WEB: dict[str, t.Any] = {
    "name": "ctr-web",
    "image": "ctr-base:1",
    "environment": {"DB_PASSWORD": "open-sesame", "A": "1"},
    "restart": "unless-stopped",
    "mem_limit": "64m",
}


@pytest.fixture
def here(ground: Ground) -> Ground:
    """The machine's own engine, which plays run on."""
    if not ground.docker_host.endswith("/var/run/docker.sock"):
        pytest.skip("plays run on the machine's own engine")
    forget(PREFIX)
    return ground


def run(folder: pathlib.Path, check: bool = False, **options: t.Any) -> Played:
    return play(folder, [{"slipway.docker.container": options}], check)


def test_it_is_made_once(here: Ground, tmp_path: pathlib.Path) -> None:
    told = run(tmp_path, check=True, **WEB)
    made = run(tmp_path, **WEB)
    again = run(tmp_path, **WEB)

    assert (
        told.plan
        == made.plan
        == [
            "create container ctr-web: not found",
            "start container ctr-web: state: started",
        ]
    )
    assert (told.changed, made.changed, again.changed) == (True, True, False)
    assert here.inspect("ctr-web")["State"]["Running"]


def test_a_secret_is_in_no_answer(here: Ground, tmp_path: pathlib.Path) -> None:
    made = run(tmp_path, **WEB)
    changed = run(tmp_path, **{**WEB, "environment": {"DB_PASSWORD": "sesame-open"}})

    assert "open-sesame" not in made.text
    assert "sesame" not in changed.text
    assert changed.plan[0] == (
        "recreate container ctr-web: environment.A removed; environment.DB_PASSWORD changed"
    )


def test_the_names_that_users_of_other_modules_know(here: Ground, tmp_path: pathlib.Path) -> None:
    names = {"env": "environment", "restart_policy": "restart", "memory": "mem_limit"}
    known = {other: WEB[ours] for other, ours in names.items()}

    run(tmp_path, name="ctr-web", image="ctr-base:1", published_ports=["8377:80"], **known)

    assert not run(tmp_path, **WEB, ports=["8377:80"]).changed


def test_state_alone(here: Ground, tmp_path: pathlib.Path) -> None:
    run(tmp_path, **WEB)

    stopped = run(tmp_path, name="ctr-web", state="stopped")
    gone = run(tmp_path, name="ctr-web", state="absent")

    assert stopped.plan == ["stop container ctr-web: state: stopped"]
    assert gone.plan == ["remove container ctr-web: state: absent"]


def test_an_image_that_nobody_has_is_refused(here: Ground, tmp_path: pathlib.Path) -> None:
    played = run(tmp_path, **{**WEB, "image": "ctr-none:1"}, pull_policy="never")

    assert "image ctr-none:1: 'ctr-none:1' isn't on this host" in played.message
    assert here.names() == []


def test_what_a_row_does_not_accept_is_said(here: Ground, tmp_path: pathlib.Path) -> None:
    played = run(tmp_path, **WEB, ports=["70000:80"])

    assert played.message.startswith("container ctr-web.ports: found ['70000:80']; accepted is")
