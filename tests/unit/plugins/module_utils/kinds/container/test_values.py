# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What users write, what it means, and what is refused by a message that says what is accepted."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.core.kind import read
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container import CONTAINER

MEANS: list[tuple[str, t.Any, t.Any]] = [
    ("command", "sh -c 'echo two words'", ["sh", "-c", "echo two words"]),
    ("environment", ["A=1", "B=x=y", "GONE"], {"A": "1", "B": "x=y", "GONE": None}),
    ("environment", {"A": True, "B": 1.5, "C": None}, {"A": "true", "B": "1.5", "C": None}),
    ("restart", False, "no"),
    ("restart", "False", "no"),
    ("restart", "on-failure:0", "on-failure"),
    ("stop_grace_period", "1500ms", 2 * 10**9),
    ("stop_grace_period", 90, 90 * 10**9),
    ("stop_signal", "usr1", "SIGUSR1"),
    ("working_dir", "/srv//x/../y/", "/srv/y"),
    ("healthcheck", {"test": "true"}, {"test": ["CMD-SHELL", "true"]}),
    ("healthcheck", {"test": ["NONE"], "interval": "1s"}, {"disable": True}),
    ("healthcheck", {"interval": "90s", "retries": 0}, {"interval": "1m30s"}),
    ("ports", ["80", "8080:80/udp", 443], ["443", "80", "8080:80/udp"]),
    ("ports", ["8000-8001:9000-9001"], ["8000:9000", "8001:9001"]),
    ("ports", ["8000-8009:80"], ["8000-8009:80"]),
    ("ports", ["0:80", "127.0.0.1::81"], ["127.0.0.1::81", "80"]),
    ("ports", ["::1:8080:80"], ["[::1]:8080:80"]),
    (
        "ports",
        [{"target": 80, "published": "8080", "protocol": "tcp", "mode": "ingress"}],
        ["8080:80"],
    ),
    ("expose", ["3000-3002", "53/UDP", 80], ["3000", "3001", "3002", "53/udp", "80"]),
    ("network_mode", "default", "bridge"),
    ("networks", ["front"], {"front": {}}),
    (
        "networks",
        [{"name": "front", "aliases": ["b", "a", "b"]}],
        {"front": {"aliases": ["a", "b"]}},
    ),
    (
        "networks",
        {"front": {"ipv4_address": "10.0.0.1", "ipv6_address": None}},
        {"front": {"ipv4_address": "10.0.0.1"}},
    ),
    ("mac_address", "02-42-AC-11-65-43", "02:42:ac:11:65:43"),
    (
        "extra_hosts",
        ["a=10.0.0.1", "a:10.0.0.2", "six=[fe80::1]"],
        {"a": ["10.0.0.1", "10.0.0.2"], "six": ["fe80::1"]},
    ),
    ("links", ["db", "db:other"], ["db:db", "db:other"]),
    ("volumes", ["data:/srv/data/"], {"/srv/data": {"type": "volume", "source": "data"}}),
    (
        "volumes",
        ["/srv:/srv:ro,cached"],
        {"/srv": {"type": "bind", "source": "/srv", "read_only": True}},
    ),
    ("volumes", ["/scratch"], {"/scratch": {"type": "volume"}}),
    (
        "volumes",
        [
            {
                "type": "bind",
                "source": "/a",
                "target": "/b",
                "bind": {"create_host_path": True, "propagation": "rprivate"},
            }
        ],
        {"/b": {"type": "bind", "source": "/a"}},
    ),
    (
        "volumes",
        [{"type": "tmpfs", "target": "/t", "tmpfs": {"size": 1048576, "mode": "1777"}}],
        {"/t": {"type": "tmpfs", "tmpfs": {"size": "1m", "mode": "1777"}}},
    ),
    ("tmpfs", "/run:size=1m,mode=700", ["/run:mode=700,size=1m"]),
    ("cpu_quota", "25ms", 25000),
    ("memswap_limit", "-1", -1),
    ("pids_limit", 0, -1),
    (
        "ulimits",
        {"nofile": 10, "nproc": {"soft": 1, "hard": 2}},
        {"nofile": {"soft": 10, "hard": 10}, "nproc": {"soft": 1, "hard": 2}},
    ),
    ("ulimits", ["nofile=1:2"], {"nofile": {"soft": 1, "hard": 2}}),
    ("cap_add", ["cap_net_admin", "all"], ["NET_ADMIN", "ALL"]),
    (
        "devices",
        ["/dev/fuse", "/dev/a:r", "/dev/a:/dev/b"],
        ["/dev/fuse:/dev/fuse:rwm", "/dev/a:/dev/a:r", "/dev/a:/dev/b:rwm"],
    ),
    (
        "security_opt",
        ["no-new-privileges", "label:disable"],
        ["no-new-privileges=true", "label=disable"],
    ),
    ("gpus", "all", [{"count": -1, "capabilities": ["gpu"]}]),
]

REFUSED: list[tuple[str, t.Any, str]] = [
    ("command", "sh -c 'open", "quotes closed"),
    ("environment", "A=1", "a mapping, or a list"),
    ("restart", True, "unless-stopped"),
    ("restart", "always:3", "on-failure:3"),
    ("healthcheck", {"test": ["true"]}, "begins with CMD"),
    ("healthcheck", {"tset": "true"}, "a mapping with disable, interval"),
    ("healthcheck", {"interval": "1us"}, "at least 1ms"),
    ("healthcheck", "true", "a mapping"),
    ("logging", {"drivr": "syslog"}, "driver and options"),
    ("ports", ["8080:0"], "from 1 to 65535"),
    ("ports", ["70000:80"], "from 1 to 65535"),
    ("ports", ["abc"], "from 1 to 65535"),
    ("ports", ["8000-8005:80-81"], "from 1 to 65535"),
    ("ports", ["80/icmp"], "from 1 to 65535"),
    ("ports", [{"published": 80}], "a mapping with target"),
    ("ports", "80", "a list"),
    ("expose", ["99999"], "from 1 to 65535"),
    ("networks", {"front": {"alias": ["a"]}}, "networks with aliases"),
    ("networks", {"front": {"ipv4_address": "fe80::1"}}, "an IPv4 address"),
    ("networks", 3, "a list of networks"),
    ("network_mode", "service:web", "container:NAME"),
    ("mac_address", "02:42", "a MAC address"),
    ("extra_hosts", ["db"], "name=address"),
    ("volumes", ["./data:/data"], "a volume's name or an absolute path"),
    ("volumes", ["data:data"], "an absolute target"),
    ("volumes", ["data:/data:rx"], "options like ro"),
    ("volumes", ["a:/data", "b:/data"], "one mount a target"),
    ("volumes", [{"type": "bind", "source": "a", "target": "/a"}], "an absolute source"),
    ("volumes", [{"type": "npipe", "source": "a", "target": "/a"}], "mounts like"),
    ("volumes", [{"type": "volume", "target": "/a", "volume": {"size": 1}}], "volume with nocopy"),
    (
        "volumes",
        [{"type": "bind", "source": "/a", "target": "/a", "bind": {"propagation": "no"}}],
        "one of private",
    ),
    ("tmpfs", ["run"], "an absolute path"),
    ("ulimits", {"nofile": {"sofd": 1}}, "soft and hard"),
    ("ulimits", ["nofile"], "name:soft:hard"),
    ("ulimits", "nofile", "a mapping like"),
    ("blkio_config", {"wait": 1}, "device_read_bps"),
    ("blkio_config", {"device_read_bps": [{"path": "/dev/a"}]}, "path and rate"),
    ("cap_add", ["net-admin"], "NET_ADMIN"),
    ("devices", ["fuse"], "a device like"),
    ("devices", "/dev/fuse", "a list of devices"),
    ("security_opt", ["seccomp=/etc/profile.json"], "the profile itself"),
    ("security_opt", ["privileged"], "options like"),
    ("gpus", "some", "all, or a list"),
    ("isolation", "hyperv", "default"),
    ("cpu_count", 2, "Windows"),
    ("dns", ["one"], "an IP address"),
    ("mem_limit", "64q", "a size like"),
    ("labels", {"com.docker.compose.project": "x"}, "does not begin with"),
]


def read_one(name: str, value: t.Any) -> t.Any:
    return read(CONTAINER, "container web", {name: value})[name]


@pytest.mark.parametrize(("name", "value", "meaning"), MEANS)
def test_what_is_written_means(name: str, value: t.Any, meaning: t.Any) -> None:
    assert read_one(name, value) == meaning


@pytest.mark.parametrize(("name", "value", "accepted"), REFUSED)
def test_what_is_refused_says_what_is_accepted(name: str, value: t.Any, accepted: str) -> None:
    with pytest.raises(InputError, match=r"^container web\.{0}: .*({1})".format(name, accepted)):
        read_one(name, value)
