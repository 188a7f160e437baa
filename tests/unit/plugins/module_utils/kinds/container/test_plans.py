# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the planner decides on a snapshot, read as a user reads it."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container import CONTAINER
from tests.unit.plugins.module_utils.kinds.container.snapshot import (
    CHANGED,
    REPLACED,
    VOLUME,
    WEB,
    There,
    container,
    plan,
    report,
    step,
    verbs,
)


def test_what_is_as_wanted_needs_nothing() -> None:
    full = container(
        "web",
        environment={"A": "1"},
        ports=["8080:80"],
        volumes=["data:/data"],
        networks=["front", "back"],
        mem_limit="64m",
        labels={"a": "b"},
        healthcheck={"test": "true"},
        ulimits={"nofile": 10},
        logging={"options": {"max-size": "1m"}},
        mac_address="02:42:ac:11:65:43",
        restart="always",
    )

    assert plan(full, there=[There(full)]) == []


def test_on_an_empty_host_it_is_made_on_one_network_and_connected_to_the_others() -> None:
    web = container("web", networks={"front": {"priority": 1}, "back": None, "data": None})

    assert plan(web) == [
        "create container web: not found",
        "connect back container web: not found",
        "connect data container web: not found",
        "start container web: state: started",
    ]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (
            {"mem_limit": "64m"},
            {"mem_limit": "128m"},
            ["update container web: mem_limit '64m' -> '128m'"],
        ),
        ({"restart": "always"}, {}, ["update container web: restart 'always' -> 'no'"]),
        ({"pids_limit": 10}, {}, ["update container web: pids_limit 10 -> -1"]),
        (
            {"blkio_config": {"weight": 10}},
            {"blkio_config": {"weight": 20}},
            ["update container web: blkio_config.weight 10 -> 20"],
        ),
        (
            {"networks": ["back", "front"]},
            {"networks": ["back"]},
            ["disconnect front container web: networks.front removed"],
        ),
        (
            {"networks": ["back"]},
            {"networks": ["back", "front"], "cpu_shares": 5},
            [
                "connect front container web: networks.front added: {}",
                "update container web: cpu_shares added: 5",
            ],
        ),
    ],
)
def test_what_the_engine_can_change_in_place(before: t.Any, after: t.Any, told: list[str]) -> None:
    assert plan(container("web", **after), there=[There(container("web", **before))]) == told


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"mem_limit": "64m"}, {}),
        ({"cpus": 1}, {"cpu_quota": 10000}),
        (
            {"blkio_config": {"weight": 10}},
            {"blkio_config": {"device_read_bps": [{"path": "/dev/a", "rate": 1}]}},
        ),
        ({"networks": ["back"]}, {"networks": ["front"]}),
        ({"networks": ["back", "front"]}, {"networks": {"back": None, "front": {"priority": 5}}}),
        ({"networks": ["back"]}, {"networks": {"back": {"mac_address": "02:42:ac:11:65:43"}}}),
        ({"networks": ["back"]}, {}),
        ({"networks": ["back"]}, {"network_mode": "host"}),
        ({"environment": {"A": "1"}}, {"environment": {"B": "1"}}),
        ({"volumes": ["data:/data"]}, {"volumes": ["data:/data:ro"]}),
    ],
)
def test_what_takes_another_container(before: t.Any, after: t.Any) -> None:
    told = plan(container("web", **after), there=[There(container("web", **before))])

    assert [verb for verb in verbs(told) if not verb.startswith("connect")] == REPLACED


def test_memory_and_swap_go_together() -> None:
    made = report(
        container("web", mem_limit="128m"), there=[There(container("web", mem_limit="64m"))]
    )

    assert step(made, "update container web").payload["body"] == {
        "Memory": 128 << 20,
        "MemorySwap": 256 << 20,
    }


def test_volumes_without_a_name_come_along() -> None:
    mounts = ({"Type": "volume", "Name": VOLUME, "Destination": "/scratch"},)
    old = There(container("web", volumes=["/scratch"]), mounts=mounts)

    made = report(container("web", volumes=["/scratch"], user="1"), there=[old])

    body = step(made, "recreate container web").payload["body"]
    assert body["HostConfig"]["Mounts"] == [
        {"Type": "volume", "Target": "/scratch", "Source": VOLUME}
    ]


def test_those_that_are_no_longer_wanted_stay_behind() -> None:
    mounts = ({"Type": "volume", "Name": VOLUME, "Destination": "/scratch"},)
    old = There(container("web", volumes=["/scratch"]), mounts=mounts)

    made = report(WEB, there=[old])

    assert step(made, "recreate container web").payload["body"]["HostConfig"]["Mounts"] == []


def test_the_stranger_of_a_one_off_run_is_no_orphan() -> None:
    labels = {"com.docker.compose.project": "shop", "com.docker.compose.oneoff": "True"}

    assert plan(there=[There(WEB, labels=labels)], owner="shop", orphans="remove") == []


def test_every_step_that_takes_the_old_ones_place_can_be_taken_back() -> None:
    made = report(CHANGED, there=[There(WEB)])

    undone = {each.verb: each.undo for each in made.plan.steps if each.undo}
    assert [each.verb for each in made.plan.steps if each.final] == ["remove old"]
    assert undone == {
        "recreate": "discard new",
        "stop old": "start old",
        "retire": "reinstate",
        "promote": "demote",
        "start": "halt",
    }
    assert {*undone, *undone.values()} <= {*CONTAINER.actions}


def test_the_old_one_is_stopped_when_what_the_new_one_needs_is_there() -> None:
    depends = {"depends_on": {"db": {"condition": "service_healthy"}}}
    made = report(
        container("web", options=depends, user="1"),
        container("db", healthcheck={"test": "true"}),
        there=[There(WEB)],
    )

    assert "await healthy container db" in step(made, "stop old container web").needs


def test_an_image_that_comes_anew_makes_the_container_anew() -> None:
    pulled = Step("pull", "image", "web:1", "policy: always")
    request = report(WEB, there=[There(WEB)]).requests[0][1]
    request = dataclasses.replace(request, earlier=(pulled,), coming=frozenset({"image web:1"}))
    found = report(WEB, there=[There(WEB)])

    assert found.plan.lines == []
    assert (
        str(next(iter(CONTAINER.plan(request))))
        == "recreate container web: image 'web:1' -> new content"
    )
