# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several containers in one plan: what waits for what, and what can't be together."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Resource
from tests.integration.container.ground import Ground, container

BASE: dict[str, t.Any] = {"image": "ctr-base:1"}
PROJECT = "com.docker.compose.project"
# Healthy a moment after its start.
SLOW = {
    **BASE,
    "command": ["sh", "-c", "sleep 0.5; touch /tmp/well; sleep 1000"],
    "healthcheck": {"test": "test -f /tmp/well", "interval": "0.1s", "retries": 100},
}


def after(condition: str = "service_started", **how: t.Any) -> dict[str, t.Any]:
    return {"depends_on": {"ctr-db": {"condition": condition, **how}}}


def started_at(ground: Ground, name: str) -> str:
    return str(ground.inspect(name)["State"]["StartedAt"])


def test_a_dependent_starts_when_what_it_needs_is_healthy(ground: Ground) -> None:
    web = container("web", options=after("service_healthy"), **BASE)
    db = container("db", **SLOW)

    told = ground.run(web, db)

    assert told[-2:] == [
        "await healthy container ctr-db: container ctr-web depends on it",
        "start container ctr-web: state: started",
    ]
    healthy = ground.inspect("ctr-db")["State"]["Health"]
    assert healthy["Status"] == "healthy"
    first = next(entry["End"] for entry in healthy["Log"] if entry["ExitCode"] == 0)
    assert first[11:19] <= started_at(ground, "ctr-web")[11:19]


def test_a_dependent_that_needs_a_start_waits_for_no_more(ground: Ground) -> None:
    told = ground.run(container("web", options=after(), **BASE), container("db", **BASE))

    assert sorted(line.partition(" container")[0] for line in told) == [
        "create",
        "create",
        "start",
        "start",
    ]
    assert told[-1] == "start container ctr-web: state: started"


def test_what_is_not_to_run_lets_no_dependent_start(ground: Ground) -> None:
    failure = ground.fail(
        container("web", options=after(), **BASE), container("db", "stopped", **BASE)
    )

    assert "container ctr-db: it is created" in failure


def test_a_dependent_starts_when_the_job_before_it_is_done(ground: Ground) -> None:
    job = container("db", **{**BASE, "command": "sleep 0.5"})

    ground.run(container("web", options=after("service_completed_successfully"), **BASE), job)

    finished = ground.inspect("ctr-db")["State"]["FinishedAt"]
    assert finished < started_at(ground, "ctr-web")


def test_a_job_that_fails_keeps_its_dependent_from_starting(ground: Ground) -> None:
    job = container("db", **{**BASE, "command": ["sh", "-c", "echo no; exit 5"]})

    failure = ground.fail(
        container("web", options=after("service_completed_successfully"), **BASE), job
    )

    assert "container ctr-db: it ended with exit code 5" in failure
    assert "last log lines:\n  no" in failure
    assert ground.inspect("ctr-web")["State"]["Status"] == "created"


def test_a_dependent_can_do_without_what_fails(ground: Ground) -> None:
    job = container("db", **{**BASE, "command": "false"})
    options = after("service_completed_successfully", required=False)

    report = ground.converge(container("web", options=options, **BASE), job)

    assert not report.failed
    assert ground.inspect("ctr-web")["State"]["Running"]


def test_a_dependent_can_do_without_what_is_not_there(ground: Ground) -> None:
    assert ground.run(container("web", options=after(required=False), **BASE))
    with pytest.raises(
        InputError, match="container ctr-other.depends_on: container ctr-db isn't there"
    ):
        ground.converge(container("other", options=after(), **BASE))


def test_nothing_is_waited_for_that_is_so_already(ground: Ground) -> None:
    db = container("db", options={"wait": True}, **SLOW)
    ground.run(db)

    told = ground.run(container("web", options=after("service_healthy"), **BASE), db)

    assert told == [
        "create container ctr-web: not found",
        "start container ctr-web: state: started",
    ]


def test_a_replacement_is_waited_for(ground: Ground) -> None:
    web = container("web", options=after("service_healthy", restart=True), **BASE)
    ground.run(web, container("db", options={"wait": True}, **SLOW))

    told = ground.run(web, container("db", **SLOW, user="0"))

    verbs = [line.partition(" container")[0] for line in told]
    assert verbs.index("await healthy") < verbs.index("restart")
    assert "restart container ctr-web: container ctr-db is started anew" in told


def test_a_dependent_that_need_not_follow_is_left_alone(ground: Ground) -> None:
    web = container("web", options=after(), **BASE)
    ground.run(web, container("db", **BASE))
    before = started_at(ground, "ctr-web")

    ground.run(web, container("db", **BASE, user="1000"))

    assert started_at(ground, "ctr-web") == before


def test_who_shares_a_namespace_is_made_anew_with_its_owner(ground: Ground) -> None:
    sidecar = container("sidecar", **BASE, network_mode="container:ctr-db")
    ground.run(sidecar, container("db", **BASE))

    told = ground.run(sidecar, container("db", **BASE, user="1000"))

    assert "recreate container ctr-sidecar: container ctr-db is made anew" in told


def test_who_shares_a_namespace_is_started_again_with_its_owner(ground: Ground) -> None:
    sidecar = container("sidecar", **BASE, network_mode="container:ctr-db")
    ground.run(sidecar, container("db", **BASE))
    ground.outside.engine.post("/containers/{0}/stop", "ctr-db")

    told = ground.run(sidecar, container("db", **BASE))

    assert told == [
        "start container ctr-db: found exited (137) (drift)",
        "restart container ctr-sidecar: container ctr-db is started anew",
    ]


def test_a_circle_is_refused(ground: Ground) -> None:
    options = {"depends_on": {"ctr-web": {"condition": "service_started"}}}

    with pytest.raises(InputError, match="a circle: ctr-web -> ctr-db -> ctr-web"):
        ground.converge(
            container("web", options=after(), **BASE), container("db", options=options, **BASE)
        )


def test_dependents_stop_and_go_first(ground: Ground) -> None:
    ground.run(container("web", options=after(), **BASE), container("db", **BASE))

    told = ground.run(
        container("db", "stopped", **BASE), container("web", "stopped", after(), **BASE)
    )
    assert told == [
        "stop container ctr-web: state: stopped",
        "stop container ctr-db: state: stopped",
    ]

    told = ground.run(container("db", "absent"), container("web", "absent", after()))
    assert told == [
        "remove container ctr-web: state: absent",
        "remove container ctr-db: state: absent",
    ]


def test_orphans_go_in_the_order_that_their_labels_tell(ground: Ground) -> None:
    def of_project(name: str, waits: str = "") -> Resource:
        labels = {"service": name, "depends_on": waits, "oneoff": "False"}
        own = {"own_labels": {"com.docker.compose." + key: text for key, text in labels.items()}}
        return container(name, options=own, **BASE)

    settings: dict[str, t.Any] = {
        "owner": "ctr-shop",
        "labels": {PROJECT: "ctr-shop"},
        "orphans": "remove",
    }
    keep = of_project("keep")
    ground.run(of_project("db"), of_project("web", "db:service_started:false"), keep, **settings)

    told = ground.run(keep, **settings)

    assert [line.split(": ")[0] for line in told] == [
        "stop container ctr-web",
        "stop container ctr-db",
        "remove container ctr-web",
        "remove container ctr-db",
    ]
