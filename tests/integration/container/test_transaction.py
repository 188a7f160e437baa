# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several containers as one transaction: all of them as wanted and proven, or all as before."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import Refused
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Resource
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container import CONTAINER
from tests.integration.container.ground import Ground, container

BASE: dict[str, t.Any] = {"image": "ctr-base:1", "stop_grace_period": "1s"}
SICK = {"test": "false", "interval": "0.1s", "retries": 2}
WELL = {"test": "true", "interval": "0.1s"}
NAMES = ("one", "two", "three", "four")
PROJECT = {"labels": {"com.docker.compose.project": "ctr-shop"}, "owner": "ctr-shop"}
TOGETHER: dict[str, t.Any] = {**PROJECT, "on_failure": "rollback", "orphans": "remove"}


def four(third: t.Any, **fields: t.Any) -> list[Resource]:
    """Four services, each after the one before it; the third has a health check."""
    declared = {
        name: {**BASE, **fields, "networks": {"ctr-net": {"aliases": [name]}}} for name in NAMES
    }
    declared["three"]["healthcheck"] = third
    befores: list[dict[str, t.Any]] = [
        {},
        {"ctr-one": {"condition": "service_started"}},
        {"ctr-two": {"condition": "service_started"}},
        {"ctr-three": {"condition": "service_healthy"}},
    ]
    return [
        container(name, options={"depends_on": before, "wait": True}, **declared[name])
        for name, before in zip(NAMES, befores)
    ]


def picture(ground: Ground) -> dict[str, t.Any]:
    """What must be as before: who is there, on which networks, by which names, and running."""
    return {
        name: (
            found["Id"],
            found["State"]["Running"],
            found["State"]["Paused"],
            found["HostConfig"]["Memory"],
            found["HostConfig"]["RestartPolicy"]["Name"],
            {key: end["Aliases"] for key, end in found["NetworkSettings"]["Networks"].items()},
        )
        for name, found in ((name, ground.inspect(name)) for name in ground.names())
    }


def test_the_third_of_four_fails_and_all_are_as_before(ground: Ground) -> None:
    ground.network("net")
    gone = container("gone", **BASE)
    ground.run(*four(WELL), gone, **PROJECT)
    before = picture(ground)

    failure = ground.fail(*four(SICK, user="1000"), **TOGETHER)

    assert "await healthy container ctr-three failed" in failure
    assert "its health check failed 2 times" in failure
    assert picture(ground) == before


def test_after_the_mend_the_next_run_converges(ground: Ground) -> None:
    ground.network("net")
    ground.run(*four(WELL), **PROJECT)
    ground.fail(*four(SICK, user="1000"), **TOGETHER)

    ground.run(*four(WELL, user="1000"), **TOGETHER)

    assert ground.names() == sorted("ctr-" + name for name in NAMES)
    assert {ground.inspect(name)["Config"]["User"] for name in ground.names()} == {"1000"}


def test_a_first_run_that_fails_leaves_nothing(ground: Ground) -> None:
    ground.network("net")

    failure = ground.fail(*four(SICK), **TOGETHER)

    assert "put back: " in failure
    assert ground.names() == []


def test_what_was_stopped_paused_or_changed_in_place_is_as_before(ground: Ground) -> None:
    kept = {"mem_limit": "64m", "restart": "always"}
    ground.run(
        container("idle", "stopped", **BASE),
        container("busy", **BASE),
        container("kept", **BASE, **kept),
        container("sick", "stopped", **BASE, healthcheck=SICK),
    )
    before = picture(ground)

    ground.fail(
        container("idle", **BASE),
        container("busy", "stopped", **BASE),
        container("kept", **BASE, **{**kept, "mem_limit": "96m", "restart": "no"}),
        container("sick", **BASE, healthcheck=SICK, options={"wait": True}),
        on_failure="rollback",
    )

    assert picture(ground) == before


def test_orphans_go_when_all_others_are_proven(ground: Ground) -> None:
    ground.network("net")
    ground.run(*four(WELL), container("gone", **BASE), **PROJECT)

    told = ground.run(*four(WELL, user="1000"), **TOGETHER)

    verbs = [line.partition(" container")[0] for line in told]
    proofs = max(number for number, verb in enumerate(verbs) if verb.startswith("await"))
    assert min(verbs.index("remove old"), verbs.index("remove")) > proofs


def test_a_stranger_who_took_a_name_meanwhile_stays(ground: Ground) -> None:
    """A name that is taken after it was looked at makes the call fail, and its undoing must see that."""
    outside = ground.outside
    report = ground.converge(container("web", **BASE), check_mode=True, on_failure="rollback")
    (create,) = [step for step in report.plan.steps if step.verb == "create"]
    body = {"Image": "ctr-base:1"}
    stranger = outside.engine.post("/containers/create", body=body, name="ctr-web")["Id"]

    CONTAINER.actions[create.undo](outside, create)

    assert ground.inspect("ctr-web")["Id"] == stranger


def test_a_limit_that_can_not_be_lifted_again_comes_last(ground: Ground) -> None:
    ground.run(container("limited", **BASE), container("sick", **BASE))
    before = picture(ground)

    failure = ground.fail(
        container("limited", **BASE, mem_limit="64m"),
        container("sick", **BASE, healthcheck=SICK),
        on_failure="rollback",
    )

    assert "not done: " in failure
    assert "update container ctr-limited" in failure.partition("not done: ")[2]
    assert picture(ground) == before


def test_what_no_way_leads_back_from_is_refused_where_others_wait_for_it(ground: Ground) -> None:
    """A limit where none was can't be lifted in place, so it would have to come last."""
    ground.run(container("web", "stopped", **BASE))

    with pytest.raises(Refused, match="can't be put back, but has to be done before"):
        ground.converge(container("web", **BASE, mem_limit="64m"), on_failure="rollback")
