# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A replacement keeps the old container until the new one is proven."""

from __future__ import annotations

import re
import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import Refused
from tests.integration.container.ground import Ground, container

WEB: dict[str, t.Any] = {"image": "ctr-base:1", "volumes": ["/scratch"]}
CHECK = {"test": "test -f /tmp/well", "interval": "0.1s", "timeout": "5s", "retries": 2}


def test_it_takes_the_old_ones_place(ground: Ground) -> None:
    ground.run(container("web", **WEB))

    told = ground.run(container("web", **WEB, user="1000"))

    assert [line.split(" container")[0] for line in told] == [
        "recreate",
        "stop old",
        "retire",
        "promote",
        "start",
        "await running",
        "remove old",
    ]
    assert told[0] == "recreate container ctr-web: user added: '1000'"
    assert ground.names() == ["ctr-web"]


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ({"command": "/no/such/program"}, "it doesn't start: .*no such file"),
        ({"command": ["sh", "-c", "echo it broke; exit 3"]}, "exit code 3"),
        (
            {"command": ["sh", "-c", "echo starting; sleep 1000"], "healthcheck": CHECK},
            "health check failed 2 times",
        ),
    ],
)
def test_one_that_fails_leaves_the_old_one_running(
    ground: Ground, broken: dict[str, t.Any], reason: str
) -> None:
    ground.run(container("web", **WEB))
    before = ground.inspect("ctr-web")

    failure = ground.fail(container("web", **{**WEB, **broken}))

    after = ground.inspect("ctr-web")
    assert re.search(reason, failure), failure
    assert "exit code" in failure
    assert (after["Id"], after["State"]["Running"]) == (before["Id"], True)
    assert ground.names() == ["ctr-web"]
    assert ground.run(container("web", **WEB)) == []


def test_the_failure_shows_the_health_log_and_the_last_lines(ground: Ground) -> None:
    ground.run(container("web", **WEB))
    check = {**CHECK, "test": "echo not well; exit 7"}
    command = ["sh", "-c", "for word in one two three; do echo $word; done; sleep 1000"]

    failure = ground.fail(container("web", **WEB, healthcheck=check, command=command))

    assert "exit code 7: not well" in failure
    assert "one\n  two\n  three" in failure


def test_the_failure_shows_twenty_lines_and_no_more(ground: Ground) -> None:
    ground.run(container("web", **WEB))
    command = ["sh", "-c", "n=0; while test $n != 30; do n=$((n+1)); echo line $n.; done; exit 3"]

    failure = ground.fail(container("web", **WEB, command=command))

    shown = [number for number in range(31) if "line {0}.".format(number) in failure]
    assert shown == list(range(11, 31))


def test_addresses_and_aliases_stay(ground: Ground) -> None:
    pool = {"Config": [{"Subnet": "172.31.251.0/24"}]}
    ground.network("one", IPAM=pool)
    ground.network("two")
    networks = {
        "ctr-one": {"ipv4_address": "172.31.251.77", "aliases": ["www", "shop"]},
        "ctr-two": {"aliases": ["back"]},
    }
    ground.run(container("web", **WEB, networks=networks))

    ground.run(container("web", **WEB, networks=networks, user="1000"))

    found = ground.inspect("ctr-web")["NetworkSettings"]["Networks"]
    assert found["ctr-one"]["IPAddress"] == "172.31.251.77"
    assert ground.aliases("ctr-web") == {"ctr-one": ["shop", "www"], "ctr-two": ["back"]}


def test_networks_that_nobody_declared_stay(ground: Ground) -> None:
    """A container that was connected by hand, and is replaced for another reason."""
    pool = {"Config": [{"Subnet": "172.31.251.0/24"}]}
    ground.network("one", IPAM=pool)
    ground.network("two")
    ground.run(container("web", **WEB))
    end = {"Aliases": ["www"], "IPAMConfig": {"IPv4Address": "172.31.251.77"}}
    connect = ground.outside.engine.post
    connect(
        "/networks/{0}/connect", "ctr-one", body={"Container": "ctr-web", "EndpointConfig": end}
    )
    connect("/networks/{0}/connect", "ctr-two", body={"Container": "ctr-web"})

    ground.run(container("web", **WEB, user="1000"))

    found = ground.inspect("ctr-web")["NetworkSettings"]["Networks"]
    assert sorted(found) == ["bridge", "ctr-one", "ctr-two"]
    assert ground.aliases("ctr-web")["ctr-one"] == ["www"]
    assert found["ctr-one"]["IPAddress"] == "172.31.251.77"


def test_volumes_without_a_name_stay(ground: Ground) -> None:
    ground.run(
        container(
            "web",
            **WEB,
            command=[
                "sh",
                "-c",
                "echo kept > /scratch/file; echo too > /from-image/file; sleep 1000",
            ],
        )
    )

    ground.run(
        container(
            "web", **WEB, command=["sh", "-c", "cat /scratch/file /from-image/file; sleep 1000"]
        )
    )

    logs = ground.outside.engine.text("/containers/{0}/logs", "ctr-web", stdout=True)
    assert b"kept" in logs and b"too" in logs


def test_a_stopped_one_is_replaced_and_not_started(ground: Ground) -> None:
    ground.run(container("web", "stopped", **WEB))

    told = ground.run(container("web", "stopped", **WEB, user="1000"))

    assert [line.split(" container")[0] for line in told] == [
        "recreate",
        "retire",
        "promote",
        "remove old",
    ]
    assert ground.inspect("ctr-web")["State"]["Running"] is False


def test_it_needs_consent(ground: Ground) -> None:
    ground.run(container("web", **WEB))

    with pytest.raises(Refused, match="add recreate to the option consent"):
        ground.converge(container("web", **WEB, user="1000"), consent=("update",))
