# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the engine's module declares of users' engines, and what it needs installed for them."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Plan
from ansible_collections.slipway.docker.plugins.module_utils.core.report import Report
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Resource
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.wanted import OPTIONS
from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless import wanted
from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless.packages import extras
from ansible_collections.slipway.docker.tests.unit.plugins.module_utils.kinds.rootless.host import (
    Machine,
)

ADA: t.Mapping[str, t.Any] = {
    **{name: spec.get("default") for name, spec in wanted.SUBOPTIONS.items()},
    "user": "ada",
}


def engines(*users: t.Mapping[str, t.Any], **options: t.Any) -> list[Resource]:
    defaults = {name: spec.get("default") for name, spec in OPTIONS.items()}
    return wanted.engines({**defaults, "rootless": list(users), **options})


def packages(made: t.Sequence[Resource]) -> t.Any:
    return next(each for each in made if each.kind == "engine").options["packages"]


def test_what_users_need_is_installed_with_the_hosts_engine() -> None:
    made = engines(ADA, packages=["git"])

    assert packages(made) == [
        "git", "rootlesskit", "slirp4netns", "uidmap", "dbus-user-session", "fuse-overlayfs",
    ]  # fmt: skip
    assert made[1].needs == ("engine docker",)


def test_without_users_nothing_more_is_installed() -> None:
    assert packages(engines(packages=["git"])) == ["git"]
    assert packages(engines({**ADA, "state": "absent"})) == []


def test_an_engine_of_docker_s_own_has_its_own_extras() -> None:
    assert extras("upstream").packages[0] == "docker-ce-rootless-extras"
    assert extras("archive") == extras("upstream")


def test_users_engines_go_before_the_hosts() -> None:
    made = engines({**ADA, "state": "absent", "config": {"debug": True}}, state="absent")

    assert {each.kind: (each.state, each.needs) for each in made} == {
        "rootless": ("absent", ()),
        "engine": ("absent", ("rootless",)),
    }
    assert made[0].fields == {}


def test_a_users_engine_can_not_stay_without_the_hosts() -> None:
    with pytest.raises(InputError, match="set state: absent for ada too, or keep the engine"):
        engines(ADA, state="absent")


def test_what_is_told_of_a_user_without_an_engine() -> None:
    outside, nothing = Machine({}).outside, Report((), Plan())
    nobody = wanted.told("eve", wanted.seen(outside, nothing, "eve"))
    somebody = wanted.told("ada", wanted.seen(outside, nothing, "ada"))

    assert (nobody["running"], nobody["socket"], nobody["docker_host"]) == (False, "", "")
    assert (somebody["running"], somebody["enabled"], somebody["version"]) == (False, False, "")
    assert somebody["docker_host"] == "unix:///run/user/1001/docker.sock"
