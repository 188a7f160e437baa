# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start-first: the old container serves until the new one is proven and has its place."""

from __future__ import annotations

import time
import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from tests.integration.container.ground import Ground, container

NET = {"ctr-one": {"aliases": ["www"]}, "ctr-two": {"aliases": ["www"]}}
CHECK = {"test": "test -f /tmp/well", "interval": "0.1s", "retries": 100}
OLD: dict[str, t.Any] = {
    "image": "ctr-base:1",
    "networks": NET,
    "init": True,
    "stop_signal": "SIGTERM",
    "options": {"update_config": {"order": "start-first"}},
}
NEW = {
    **OLD,
    "command": ["sh", "-c", "sleep 0.5; touch /tmp/well; sleep 1000"],
    "healthcheck": CHECK,
}


@pytest.fixture
def nets(ground: Ground) -> Ground:
    """The engine with the two networks."""
    ground.network("one")
    ground.network("two")
    return ground


def events(ground: Ground, since: float) -> list[tuple[str, str]]:
    """What became of containers since a moment: who, by id, and what."""
    told = ground.outside.engine.stream(
        "/events", since=int(since), until=int(time.time()) + 1, filters={"type": ["container"]}
    )
    return [(event["Actor"]["ID"], event["Action"]) for event in told if event["time"] >= since - 1]


def running(ground: Ground) -> list[str]:
    return [name for name in ground.names() if ground.inspect(name)["State"]["Running"]]


def test_the_old_one_ends_when_the_new_one_is_healthy_and_has_the_name(nets: Ground) -> None:
    nets.run(container("web", **OLD))
    old, begun = nets.inspect("ctr-web")["Id"], time.time()

    told = nets.run(container("web", **NEW))

    new = nets.inspect("ctr-web")
    seen = events(nets, begun)
    order = [
        (new["Id"], "start"),
        (new["Id"], "health_status: healthy"),
        (old, "rename"),
        (new["Id"], "rename"),
        (old, "die"),
        (old, "destroy"),
    ]
    assert [each for each in seen if each in order] == order
    assert [line.partition(" container")[0] for line in told if "connect" not in line] == [
        "recreate",
        "start new",
        "await healthy new",
        "retire",
        "promote",
        "stop old",
        "remove old",
    ]
    aliases = nets.aliases("ctr-web")
    assert aliases == {"ctr-one": ["www"], "ctr-two": ["www"]}
    assert nets.names() == ["ctr-web"]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ({"command": "/no/such/program"}, "exit code 127"),
        ({"command": ["sh", "-c", "echo it broke; exit 3"]}, "it broke"),
        ({"healthcheck": {**CHECK, "retries": 2}}, "health check failed 2 times"),
    ],
)
def test_the_old_one_never_stops_when_the_new_one_fails(
    nets: Ground, broken: dict[str, t.Any], reason: str
) -> None:
    nets.run(container("web", **OLD))
    before = nets.inspect("ctr-web")

    failure = nets.fail(container("web", **{**OLD, **broken}))

    after = nets.inspect("ctr-web")
    assert reason in failure
    assert (after["Id"], after["State"]) == (before["Id"], before["State"])
    assert nets.names() == ["ctr-web"]
    assert nets.run(container("web", **OLD)) == []


def test_its_dependents_wait_until_it_has_the_name(nets: Ground) -> None:
    after = {"depends_on": {"ctr-web": {"condition": "service_healthy"}}}
    nets.run(container("web", **OLD))

    told = nets.run(container("web", **NEW), container("shop", image="ctr-base:1", options=after))

    verbs = [line.partition(":")[0] for line in told]
    assert verbs.index("promote container ctr-web") < verbs.index("start container ctr-shop")


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"ports": ["18089:80"]}, r"ports: 18089:80.* is on one certain port of the host"),
        (
            {"networks": {"ctr-one": {"ipv4_address": "172.30.9.9"}}},
            r"networks.ctr-one.ipv4_address: 172.30.9.9 is one address",
        ),
        ({"mac_address": "02:42:ac:11:65:43"}, "mac_address: 02:42:ac:11:65:43 is one address"),
        ({"network_mode": "host"}, "network_mode: with host both would listen on the same ports"),
        ({"network_mode": "container:ctr-other"}, "network_mode: with container:ctr-other both"),
    ],
)
def test_what_can_not_run_twice_is_refused(
    ground: Ground, fields: dict[str, t.Any], why: str
) -> None:
    wanted: dict[str, t.Any] = {"image": "ctr-base:1", "options": OLD["options"], **fields}

    with pytest.raises(InputError, match=why + ".*set order: stop-first in update_config"):
        ground.converge(container("web", **wanted))

    assert ground.names() == []


def test_one_in_which_another_lives_is_refused(nets: Ground) -> None:
    lodger: dict[str, t.Any] = {"image": "ctr-base:1", "network_mode": "container:ctr-web"}
    with pytest.raises(InputError, match="container ctr-side lives in it"):
        nets.converge(container("web", **OLD), container("side", **lodger))

    nets.run(container("web", **OLD))
    nets.run(container("side", **lodger))
    with pytest.raises(InputError, match="container ctr-side lives in it"):
        nets.converge(container("web", **NEW))


def test_a_port_of_the_engines_choice_is_no_reason(nets: Ground) -> None:
    nets.run(container("web", **OLD, ports=["80"]))

    nets.run(container("web", **OLD, ports=["80"], user="1000"))


def test_how_long_it_has_to_stay_up_is_chosen(ground: Ground) -> None:
    ground.run(container("web", image="ctr-base:1"))
    dies: dict[str, t.Any] = {"image": "ctr-base:1", "command": ["sh", "-c", "sleep 1.5; exit 3"]}

    failure = ground.fail(container("web", **dies, options={"monitor": 5}))

    assert "it ended with exit code 3" in failure
