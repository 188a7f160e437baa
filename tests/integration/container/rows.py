# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""For each row of the table a value, another one, and what changing and removing it has to cost."""

from __future__ import annotations

import dataclasses
import typing as t

PROFILE = '{"defaultAction": "SCMP_ACT_ALLOW"}'
RECREATE, UPDATE, RECONNECT = "recreate", "update", "reconnect"
NETWORKS = {"ctr-net1": {"aliases": ["a"]}, "ctr-net2": {}}


@dataclasses.dataclass(frozen=True)
class Case:
    """A row's two values, what has to stand ``beside`` them, and what changing them has to cost."""

    first: t.Any
    other: t.Any
    change: str = RECREATE
    removal: str = RECREATE
    beside: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)
    other_beside: t.Mapping[str, t.Any] | None = None


def in_place(first: t.Any, other: t.Any, removal: str = RECREATE, **beside: t.Any) -> Case:
    return Case(first, other, UPDATE, removal, beside)


ROWS: dict[str, Case] = {
    # what runs
    "image": Case("ctr-base:1", "ctr-other:1", removal=""),
    "platform": Case("linux/amd64", "linux/x86_64", change="", removal=""),
    "command": Case("sleep 1000", ["sh", "-c", "sleep 1000"]),
    "entrypoint": Case(["sh", "-c", "sleep 1000"], "sleep 1000"),
    "environment": Case({"A": "1", "OVERRIDDEN": "yes", "FROM_IMAGE": None}, ["A=2", "B="]),
    "user": Case("1000", "1000:1000"),
    "working_dir": Case("/tmp", "/etc/"),
    "tty": Case(True, False, removal=""),
    "stdin_open": Case(True, False, removal=""),
    "init": Case(True, False, removal=""),
    "labels": Case({"a": "1", "overridden": "yes"}, ["a=2", "b"]),
    "annotations": Case({"a": "1"}, {"a": "2"}),
    "healthcheck": Case(
        {"test": "true", "interval": "1m30s", "timeout": "5s", "retries": 4, "start_period": "1s"},
        {"test": ["CMD", "true"], "interval": "90s"},
    ),
    "restart": in_place("always", "on-failure:3", UPDATE),
    "stop_signal": Case("SIGUSR1", "TERM"),
    "stop_grace_period": Case("3s", "1m30s"),
    "logging": Case(
        {"driver": "json-file", "options": {"max-size": "1m", "max-file": "2"}},
        {"options": {"max-size": "2m"}},
    ),
    # how it is reached
    "hostname": Case("one", "two"),
    "domainname": Case("one.test", "two.test"),
    "network_mode": Case("none", "host"),
    "networks": Case(NETWORKS, {**NETWORKS, "ctr-net2": {"aliases": ["b", "a"]}}, RECONNECT),
    "mac_address": Case("02:42:AC:11:65:43", "02:42:ac:11:65:44"),
    "ports": Case(
        ["8371:80", "[::1]:8372:81/udp", "8373-8374:82-83", "84"],
        [{"target": 80, "published": "8371-8379"}],
    ),
    "expose": Case(["3000", "53/udp", 8000], ["3000-3002"]),
    "links": Case(
        ["ctr-partner:db"], ["ctr-partner:db", "ctr-partner"], beside={"networks": ["ctr-net1"]}
    ),
    "extra_hosts": Case(["db=10.0.0.1", "six:fe80::1"], {"db": "10.0.0.2"}),
    "dns": Case(["10.0.0.1", "10.0.0.2"], ["10.0.0.2", "10.0.0.1"]),
    "dns_opt": Case(["ndots:2"], ["ndots:3"]),
    "dns_search": Case(["one.test"], ["one.test", "two.test"]),
    # what it finds
    "read_only": Case(True, False, removal=""),
    "volumes": Case(
        [
            "ctr-vol1:/data",
            "/tmp/ctr-made:/made:ro",
            "/anonymous",
            {"type": "tmpfs", "target": "/t", "tmpfs": {"size": "1m", "mode": 0o1777}},
        ],
        ["ctr-vol2:/data:nocopy", "/tmp:/made:ro,private", "/anonymous", "ctr-vol1:/from-image"],
    ),
    "volumes_from": Case(["ctr-partner"], ["ctr-partner:ro"]),
    "tmpfs": Case(["/run:size=64k,mode=755", "/run2"], ["/run:size=128k"]),
    # what it may use
    "cpus": in_place(0.5, "1.5"),
    "cpu_shares": in_place(512, 768),
    "cpu_period": in_place(50000, "25ms"),
    "cpu_quota": in_place(20000, 30000),
    "cpu_rt_period": Case(1000000, 900000),
    "cpu_rt_runtime": Case(950, "2ms"),
    "cpuset": in_place("0", "0-1"),
    "mem_limit": in_place("64m", "128m"),
    "memswap_limit": in_place("96m", "256m", UPDATE, mem_limit="64m"),
    "mem_reservation": in_place("32m", "64m"),
    "mem_swappiness": Case(30, 0),
    "oom_kill_disable": Case(True, False, removal="", beside={"mem_limit": "64m"}),
    "oom_score_adj": Case(200, 300),
    "pids_limit": in_place(100, 200, UPDATE),
    "blkio_config": Case(
        {"device_read_bps": [{"path": "/dev/null", "rate": "1m"}]},
        {
            "device_read_bps": [{"path": "/dev/null", "rate": "2m"}],
            "device_write_iops": [{"path": "/dev/null", "rate": 100}],
        },
    ),
    "ulimits": Case({"nofile": 1024, "nproc": {"soft": 100, "hard": 200}}, ["nofile:1024:2048"]),
    "shm_size": Case("128m", "32m"),
    "storage_opt": Case({"size": "1g"}, {"size": "2g"}),
    "cgroup": Case("private", "host", removal=""),
    "cgroup_parent": Case("/ctr-one", "/ctr-two"),
    # what separates it
    "privileged": Case(True, False, removal=""),
    "cap_add": Case(["net_admin", "CAP_SYS_TIME"], ["NET_ADMIN"]),
    "cap_drop": Case(["ALL"], ["mknod"]),
    "security_opt": Case(
        ["no-new-privileges:true", "systempaths=unconfined", "seccomp=unconfined"],
        ["seccomp=" + PROFILE],
    ),
    "devices": Case(
        ["/dev/null:/dev/one:r"],
        [{"source": "/dev/null", "target": "/dev/one", "permissions": "rw"}],
    ),
    "device_cgroup_rules": Case(["c 1:3 mr"], ["c 1:3 mr", "a 7:* rmw"]),
    "gpus": Case("all", [{"driver": "nvidia", "count": 1, "capabilities": ["gpu", "utility"]}]),
    "group_add": Case(["10", "20"], [10]),
    "ipc": Case("shareable", "container:ctr-partner"),
    "pid": Case("host", "container:ctr-partner"),
    "uts": Case("host", None),
    "userns_mode": Case("host", None),
    "isolation": Case("default", None, removal=""),
    "runtime": Case("runc", "io.containerd.runc.v2"),
    "sysctls": Case({"net.core.somaxconn": 1024}, {"net.core.somaxconn": "2048"}),
}
# Rows that no engine on Linux takes a value for.
REFUSED = {"cpu_count": 2, "cpu_percent": 50}
# Rows whose containers are made and never started: what they ask for is not on every machine.
MADE_ONLY = ("blkio_config", "cpu_rt_period", "cpu_rt_runtime", "gpus", "privileged")
