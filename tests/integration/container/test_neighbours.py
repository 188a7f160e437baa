# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ports, networks and other things that containers share with their neighbours."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Resource
from tests.integration.container.ground import Ground, container

BASE: dict[str, t.Any] = {"image": "ctr-base:1"}


def test_two_on_one_port_are_refused(ground: Ground) -> None:
    web = container("web", **BASE, ports=["8377:80"])

    with pytest.raises(
        InputError,
        match="container ctr-other.ports: .*8377:81 is on the same port of the host as 8377:80",
    ):
        ground.converge(web, container("other", **BASE, ports=["8377:81"]))
    assert ground.run(web, container("other", **BASE, ports=["8377:81/udp"]))


def test_a_port_that_another_has_is_refused_before_anything_is_touched(ground: Ground) -> None:
    ground.run(container("other", **BASE, ports=["127.0.0.1:8377:80"]))

    with pytest.raises(
        InputError, match="container ctr-web.ports: 8377:81 is taken by container ctr-other"
    ):
        ground.converge(container("web", **BASE, ports=["8377:81"]))
    assert ground.names() == ["ctr-other"]


def test_two_can_swap_their_ports(ground: Ground) -> None:
    def both(one: str, two: str) -> list[Resource]:
        return [container("one", **BASE, ports=[one]), container("two", **BASE, ports=[two])]

    ground.run(*both("8377:80", "8378:80"))

    assert ground.run(*both("8378:80", "8377:80"))


def test_networks_come_and_go_without_another_container(ground: Ground) -> None:
    for name in ("one", "two", "three"):
        ground.network(name)
    ground.run(container("web", **BASE, networks=["ctr-one", "ctr-two"]))
    before = ground.inspect("ctr-web")["Id"]

    told = ground.run(
        container("web", **BASE, networks={"ctr-one": {"aliases": ["www"]}, "ctr-three": None})
    )

    assert told == [
        "disconnect ctr-one container ctr-web: networks.ctr-one {} -> {'aliases': ['www']}",
        "connect ctr-one container ctr-web: networks.ctr-one {} -> {'aliases': ['www']}",
        "connect ctr-three container ctr-web: networks.ctr-three added: {}",
        "disconnect ctr-two container ctr-web: networks.ctr-two removed",
    ]
    assert ground.inspect("ctr-web")["Id"] == before


def test_one_that_lost_its_last_network_is_connected_again(ground: Ground) -> None:
    network = ground.network("one")
    ground.run(container("web", **BASE, networks=[network]))
    body = {"Container": "ctr-web", "Force": True}
    ground.outside.engine.post("/networks/{0}/disconnect", network, body=body)

    assert ground.run(container("web", **BASE, networks=[network])) == [
        "connect ctr-one container ctr-web: networks added: {'ctr-one': {}} (drift)"
    ]


def test_addresses_stay_with_the_one_that_takes_the_place(ground: Ground) -> None:
    ground.network("one", IPAM={"Config": [{"Subnet": "10.214.0.0/24"}]})
    end = {"ctr-one": {"ipv4_address": "10.214.0.77", "aliases": ["www"]}}
    ground.run(container("web", **BASE, networks=end))

    ground.run(container("web", **BASE, networks=end, user="1000"))

    found = ground.inspect("ctr-web")["NetworkSettings"]["Networks"]["ctr-one"]
    assert found["IPAddress"] == "10.214.0.77"
    assert "www" in found["Aliases"]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"networks": ["ctr-none"]}, "container ctr-web.networks: network 'ctr-none' isn't there"),
        (
            {"network_mode": "ctr-none"},
            "container ctr-web.network_mode: network 'ctr-none' isn't there",
        ),
        (
            {"volumes": ["ctr-none:/data"]},
            "container ctr-web.volumes: volume 'ctr-none' isn't there",
        ),
        (
            {"volumes_from": ["ctr-none"]},
            "container ctr-web.volumes_from: container 'ctr-none' isn't there",
        ),
        ({"ipc": "container:ctr-none"}, "container ctr-web.ipc: container 'ctr-none' isn't there"),
        ({"image": "ctr-none:1"}, "container ctr-web.image: image 'ctr-none:1' isn't there"),
    ],
)
def test_what_is_not_there_is_refused(
    ground: Ground, fields: dict[str, t.Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        ground.converge(container("web", **{**BASE, **fields}))
    assert ground.names() == []


def test_what_an_earlier_task_would_have_made_counts_as_there(ground: Ground) -> None:
    wanted = container("web", **BASE, networks=["ctr-none"])

    report = ground.converge(wanted, check_mode=True, expected=frozenset({"network ctr-none"}))

    assert report.plan.lines[0] == "create container ctr-web: not found"


def test_a_hostname_is_no_alias_that_somebody_added(ground: Ground) -> None:
    """Engines before 26 add it as one, also where it is declared as one."""
    ground.network("one")
    ground.network("two")
    for aliases in ({}, {"aliases": ["host"]}):
        networks = {"ctr-one": {"aliases": ["www"]}, "ctr-two": aliases}
        ground.run(container("web", image="ctr-base:1", hostname="host", networks=networks))
