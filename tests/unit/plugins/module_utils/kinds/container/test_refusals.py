# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is refused before anything is touched."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from tests.unit.plugins.module_utils.kinds.container.snapshot import (
    container,
    plan,
)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (
            {"networks": ["front"], "network_mode": "host"},
            r"web.network_mode: it stands beside networks",
        ),
        (
            {"network_mode": "host", "ports": ["80"]},
            r"web.ports: nothing is published with network_mode: host",
        ),
        ({"cpus": 1, "cpu_quota": 5}, r"web.cpus: it stands beside cpu_period or cpu_quota"),
        ({"mem_limit": "1m"}, r"web.mem_limit: 1048576 bytes are too little"),
        ({"memswap_limit": "64m"}, r"web.memswap_limit: it stands without mem_limit"),
        (
            {"memswap_limit": "32m", "mem_limit": "64m"},
            r"web.memswap_limit: it is less than mem_limit",
        ),
        (
            {"mem_reservation": "65m", "mem_limit": "64m"},
            r"web.mem_reservation: it is more than mem_limit",
        ),
        (
            {"annotations": {"a": "b"}},
            r"web.annotations: it needs API 1.43, and this engine speaks 1.41",
        ),
        (
            {"healthcheck": {"start_interval": "1s"}},
            r"web.healthcheck.start_interval: it needs API 1.44",
        ),
        (
            {"networks": {"front": {"gw_priority": 1}}},
            r"web.networks.front.gw_priority: it needs API 1.48",
        ),
        (
            {"networks": {"back": None, "front": {"mac_address": "02:42:ac:11:65:43"}}},
            r"web.networks.front.mac_address: it needs API 1.44",
        ),
        (
            {
                "volumes": [
                    {"type": "volume", "source": "data", "target": "/a", "volume": {"subpath": "b"}}
                ]
            },
            r"web.volumes./a.volume.subpath: it needs API 1.45",
        ),
        (
            {"volumes": [{"type": "image", "source": "web:1", "target": "/a"}]},
            r"web.volumes./a.type: it needs API 1.48",
        ),
        (
            {
                "volumes": [
                    {
                        "type": "bind",
                        "source": "/a",
                        "target": "/a",
                        "bind": {"recursive": "readonly"},
                    }
                ]
            },
            r"web.volumes./a.bind.recursive: it needs API 1.44",
        ),
        ({"networks": ["side"]}, r"web.networks: network 'side' isn't there"),
        ({"volumes": ["none:/a"]}, r"web.volumes: volume 'none' isn't there"),
        ({"image": "web:2"}, r"web.image: image 'web:2' isn't there"),
    ],
)
def test_it_is_refused_before_anything_is_touched(fields: t.Any, message: str) -> None:
    with pytest.raises(InputError, match="^container " + message):
        plan(container("web", **fields))


def test_a_newer_engine_takes_it() -> None:
    assert plan(container("web", annotations={"a": "b"}), version=(1, 43))


@pytest.mark.parametrize("name", ["w", "-web", "we b", "web.slipway-new", "web.slipway-old"])
def test_a_name_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="a name that"):
        plan(container(name))


@pytest.mark.parametrize(
    ("one", "other", "clash"),
    [
        ("8080:80", "8080:81", True),
        ("8080:80", "8080:80/udp", False),
        ("127.0.0.1:8080:80", "8080:80", True),
        ("127.0.0.1:8080:80", "0.0.0.0:8080:80", True),
        ("127.0.0.1:8080:80", "127.0.0.2:8080:80", False),
        ("127.0.0.1:8080:80", "[::]:8080:80", False),
        ("[::1]:8080:80", "[::]:8080:80", True),
        ("8080-8085:80", "8080:80", False),
        ("80", "80", False),
    ],
)
def test_two_ports_of_the_host_clash(one: str, other: str, clash: bool) -> None:
    wanted = (container("web", ports=[one]), container("other", ports=[other]))
    if clash:
        with pytest.raises(InputError, match="on the same port of the host"):
            plan(*wanted)
    else:
        assert plan(*wanted)
