# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules between keys of daemon.json: each is broken, and each has a neighbour that is fine."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.complaint import View
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.facts import (
    EngineFacts,
    HostFacts,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.rules import check

File = t.Dict[str, t.Any]
SWARM = EngineFacts(info={"Swarm": {"LocalNodeState": "active"}})
ALONE = EngineFacts(info={"Swarm": {"LocalNodeState": "inactive"}, "CgroupDriver": "systemd"})
ON_SYSTEMD, ELSEWHERE = HostFacts(has_systemd=True), HostFacts(has_systemd=False)


def pools(*bases: str, size: int = 24) -> File:
    return {"default-address-pools": [{"base": base, "size": size} for base in bases]}


def view(
    file: File,
    version: str = "26.1.5",
    engine: EngineFacts = ALONE,
    host: HostFacts = ON_SYSTEMD,
) -> View:
    return View(file, version, host, engine)


REFUSED: list[tuple[View, str]] = [
    (
        view(pools("10.0.0.0/16", "10.1.0.0/16", "10.0.8.0/21")),
        "default-address-pools[2].base: found",
    ),
    (
        view({"bip": "10.0.0.1/16", **pools("10.0.0.0/20")}),
        "all of which the default bridge takes (bip 10.0.0.0/16); give bip a smaller network",
    ),
    (view({"bip": "10.0.0.1/24", "fixed-cidr": "10.0.1.0/25"}), "fixed-cidr: found 10.0.1.0/25"),
    (view({"bip6": "fd00::1/64", "fixed-cidr-v6": "fd01::/80"}, "28.0"), "inside fd00::/64"),
    (view({"bip": "10.0.0.1/24", "default-gateway": "10.0.1.1"}), "take an address of 10.0.0.0/24"),
    (view({"bridge": "br0", "bip": "10.0.0.1/24"}), "bip: the engine takes either bridge or bip"),
    (view({"icc": False, "iptables": False}), "icc: found false, which needs the rules"),
    (
        view({"icc": False, "ip6tables": False, "ipv6": True}, "28.0"),
        "set icc or ip6tables to true",
    ),
    (view({"ip6tables": True}), "set experimental to true as well, or use engine 27.0"),
    (view({"ipv6": True}, "27.5.1"), "add fixed-cidr-v6, such as fd00:d0c::/64"),
    (view({"host-gateway-ip": "10.0.0.1", "host-gateway-ips": ["10.0.0.1"]}), "says the same"),
    (view({"firewall-backend": "nftables"}, "29.0", SWARM), "firewall-backend: found nftables"),
    (view({"live-restore": True}, engine=SWARM), "live-restore: found true, and this node is in"),
    (
        view({"log-driver": "journald", "log-opts": {"max-size": "10m"}}),
        "log-opts.max-size: the log driver journald doesn't take it; it takes env, env-regex",
    ),
    (view({"log-driver": "gelf", "log-opts": {"max-size": "1m"}}), "tag, gelf-*, mode"),
    (view({"log-opts": {"max-sizes": "1m"}}), "the log driver json-file doesn't take it"),
    (view({"log-opts": {"max-buffer-size": "1m"}}), "add mode: non-blocking"),
    (
        view({"default-runtime": "crun"}),
        "default-runtime: found 'crun', which no runtime is called",
    ),
    (
        view({"runtimes": {"x": {"runtimeType": "io.containerd.x.v1"}}}, "23.0.1"),
        "runtimes.x.runtimeType: engine 23.0.1 ignores it",
    ),
    (view({"exec-opts": ["isolation=hyperv"]}), "exec-opts[0]: found 'isolation=hyperv'"),
    (view({"exec-opts": ["native.cgroupdriver=x"]}), "accepted is native.cgroupdriver=cgroupfs"),
    (
        view({"exec-opts": ["native.cgroupdriver=systemd"]}, host=ELSEWHERE),
        "and systemd doesn't run this host",
    ),
    (view({"cgroup-parent": "/containers"}), "such as containers.slice"),
    (
        view(
            {"cgroup-parent": "x", "exec-opts": ["native.cgroupdriver=systemd"]}, "", EngineFacts()
        ),
        "cgroup-parent: found 'x', and systemd makes the groups",
    ),
    (view({"labels": ["a=1", "b=1", "a=2"]}), "labels[2]: found 'a=2', which is '1' before"),
    (view({"containerd-namespace": "plugins.moby"}), "which is the namespace of plugins"),
    (view({"seccomp-profile": "builtin"}, "20.10.24"), "leave it out, that means the same"),
    (view({"storage-driver": "devicemapper"}, "25.0.0"), "which is gone since engine 25.0"),
]
FINE: list[View] = [
    view(pools("10.0.0.0/16", "10.1.0.0/16")),
    view(
        {
            "default-address-pools": [
                *pools("10.0.0.0/16")["default-address-pools"],
                {"base": "fd00::/48", "size": 64},
            ]
        }
    ),
    # The bridge takes a part of the pool, and the engine goes around it.
    view({"bip": "10.0.0.1/24", **pools("10.0.0.0/16")}),
    view({"bip": "10.0.0.1/24", "fixed-cidr": "10.0.0.128/25", "default-gateway": "10.0.0.9"}),
    view({"fixed-cidr": "10.0.0.128/25", "default-gateway": "10.0.0.9"}),
    view({"icc": False, "ip6tables": False, "ipv6": True, "fixed-cidr-v6": "fd00::/64"}, "27.0"),
    view({"ip6tables": True, "experimental": True}),
    view({"ip6tables": True}, "27.0.1"),
    view({"ipv6": True}, "28.0.0"),
    view({"ipv6": True, "ip6tables": True}, ""),
    view({"firewall-backend": "nftables", "iptables": False}, "29.0", SWARM),
    view({"firewall-backend": "nftables", "live-restore": True}, "29.0"),
    view({"log-driver": "syslog", "log-opts": {"syslog-address": "udp://1.2.3.4:5", "tag": "x"}}),
    view({"log-driver": "vendor/loki", "log-opts": {"loki-url": "x"}}),
    view({"log-opts": {"max-buffer-size": "1m", "mode": "non-blocking", "cache-disabled": "true"}}),
    view({"default-runtime": "crun", "runtimes": {"crun": {"path": "crun"}}}),
    view({"default-runtime": "io.containerd.runsc.v1"}),
    view({"runtimes": {"x": {"runtimeType": "io.containerd.x.v1"}}}, "24.0.0"),
    view({"cgroup-parent": "containers.slice"}),
    view({"cgroup-parent": "/x", "exec-opts": ["native.cgroupdriver=cgroupfs"]}),
    view({"labels": ["a=1", "a=1"]}),
    view({"storage-driver": "devicemapper"}, ""),
    view({"storage-driver": "devicemapper"}, "dev"),
    view({"icc": False, "ip6tables": False, "ipv6": True}, "dev"),
    view({"storage-driver": "overlay2", "seccomp-profile": "builtin"}),
    # What can't be read is refused elsewhere, where it is ours.
    view({"default-address-pools": "x", "bip": 5, "exec-opts": [[]], "log-opts": 3}),
]


@pytest.mark.parametrize(("seen", "told"), REFUSED, ids=[told[:40] for _view, told in REFUSED])
def test_what_can_not_be_together_is_refused(seen: View, told: str) -> None:
    with pytest.raises(InputError) as error:
        check(seen, seen.file)

    assert str(error.value).startswith("engine docker.config.")
    assert told in str(error.value)


@pytest.mark.parametrize("seen", FINE, ids=[str(seen.file)[:60] for seen in FINE])
def test_what_the_engine_takes_is_accepted(seen: View) -> None:
    check(seen, seen.file)


@pytest.mark.parametrize("seen", [seen for seen, _told in REFUSED])
def test_what_is_wrong_among_foreign_keys_is_not_ours_to_refuse(seen: View) -> None:
    check(seen, {"debug", "mtu"})


def test_a_key_of_ours_that_breaks_with_a_foreign_one_is_refused() -> None:
    seen = view({"bridge": "br0", "bip": "10.0.0.1/24"})

    for ours in ({"bridge"}, {"bip"}):
        with pytest.raises(InputError):
            check(seen, ours)
