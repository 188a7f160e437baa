# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the planner decides on a snapshot: cases whose plans are read as a user reads them."""

from __future__ import annotations

import dataclasses
import types
import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.converge import (
    Settings,
    converge,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.core.kind import read
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step
from ansible_collections.slipway.docker.plugins.module_utils.core.record import (
    LABEL,
    digest,
    record,
    to_label,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.report import Report
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Resource
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container import CONTAINER
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.fields import (
    FIELDS,
    endpoints,
    to_engine,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.names import (
    ASKED,
    asked,
)

IMAGE = {
    "Id": "sha256:" + "a" * 64,
    "Os": "linux",
    "Architecture": "amd64",
    "Config": {"Cmd": ["run"]},
}
VOLUME = "f" * 64


def seal(value: t.Any) -> str:
    return digest(b"key", value)


def container(
    name: str, state: str = "started", options: t.Any = None, **fields: t.Any
) -> Resource:
    declared = read(CONTAINER, "container " + name, {"image": "web:1", **fields})
    return Resource("container", name, state, declared, options or {})


@dataclasses.dataclass(frozen=True)
class There:
    """A container that the engine has, made as a user would have declared it."""

    resource: Resource
    status: str = "running"
    code: int = 0
    name: str = ""
    health: str = ""
    mounts: tuple[dict[str, str], ...] = ()
    labels: t.Mapping[str, str] = dataclasses.field(default_factory=dict)

    @property
    def id(self) -> str:
        return (self.name or self.resource.name).encode().hex().ljust(64, "0")

    def inspect(self) -> dict[str, t.Any]:
        """What the engine tells of it, with what engines add on their own."""
        fields = self.resource.fields
        made = to_engine(fields)
        config = {
            "Cmd": ["run"],
            "Env": [],
            "StopSignal": "SIGTERM",
            "Hostname": self.id[:12],
            **made["Config"],
        }
        told = {LABEL: to_label(record(FIELDS, fields, seal)), ASKED: asked(fields)}
        config["Labels"] = {**fields.get("labels", {}), **self.labels, **told}
        mode = next(iter(made.get("NetworkingConfig", {}).get("EndpointsConfig", {})), "default")
        host = {
            "NetworkMode": mode,
            "IpcMode": "private",
            "ShmSize": 64 << 20,
            "Runtime": "runc",
            **made["HostConfig"],
        }
        if host.get("Memory"):
            host.setdefault("MemorySwap", 2 * host["Memory"])
        state = {"Status": self.status, "ExitCode": self.code, "Running": self.status == "running"}
        return {
            "Id": self.id,
            "Name": "/" + (self.name or self.resource.name),
            "Image": IMAGE["Id"],
            "Config": config,
            "HostConfig": host,
            "Mounts": list(self.mounts),
            "State": {**state, **({"Health": {"Status": self.health}} if self.health else {})},
            "NetworkSettings": {"Networks": endpoints(fields) or {"bridge": {}}},
        }

    def summary(self) -> dict[str, t.Any]:
        found = self.inspect()
        return {
            "Id": self.id,
            "Names": [found["Name"]],
            "Labels": found["Config"]["Labels"],
            "Ports": [],
        }


@dataclasses.dataclass(frozen=True)
class Engine:
    """The few answers that an observation asks for."""

    there: tuple[There, ...]
    version: tuple[int, ...] = (1, 41)

    def get(self, path: str, *parts: str, **_params: t.Any) -> t.Any:
        if path == "/containers/json":
            return [each.summary() for each in self.there]
        if path == "/containers/{0}/json":
            return next((each.inspect() for each in self.there if each.id == parts[0]), None)
        if path == "/images/{0}/json":
            return IMAGE if parts[0] in ("web:1", IMAGE["Id"]) else None
        names = [{"Name": name} for name in ("front", "back", "data")]
        return {"Volumes": names} if path == "/volumes" else names


class Memory:
    """No records: what was applied stands in the labels."""

    recall = staticmethod(lambda kind, id: None)
    seal = staticmethod(seal)


def report(
    *wanted: Resource,
    there: t.Sequence[There] = (),
    version: tuple[int, ...] = (1, 41),
    **settings: t.Any,
) -> Report:
    outside = types.SimpleNamespace(engine=Engine(tuple(there), version))
    chosen = Settings(check_mode=True, **settings)
    return converge([CONTAINER], wanted, outside, t.cast(t.Any, Memory()), chosen)


def plan(*wanted: Resource, **how: t.Any) -> list[str]:
    return report(*wanted, **how).plan.lines


def step(made: Report, key: str) -> Step:
    return next(each for each in made.plan.steps if each.key == key)


def verbs(lines: t.Iterable[str]) -> list[str]:
    return [line.partition(" container")[0] for line in lines]


WEB = container("web")
REPLACED = ["recreate", "stop old", "retire", "promote", "start", "await running", "remove old"]


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
                "update container web: cpu_shares added: 5",
                "connect front container web: networks.front added: {}",
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


CHANGED = container("web", user="1")
NEW, OLD = "web.slipway-new", "web.slipway-old"


@pytest.mark.parametrize(
    ("there", "told"),
    [
        # Killed after the new one was made: the old one still runs, or was stopped.
        ([There(WEB), There(CHANGED, "created", name=NEW)], ["discard new", *REPLACED]),
        (
            [There(WEB, "exited"), There(CHANGED, "created", name=NEW)],
            ["discard new", *(verb for verb in REPLACED if verb != "stop old")],
        ),
        # Killed while nobody had the name.
        (
            [There(WEB, "exited", name=OLD), There(CHANGED, "created", name=NEW)],
            ["discard new", "reinstate", *(verb for verb in REPLACED if verb != "stop old")],
        ),
        ([There(CHANGED, "exited", name=OLD)], ["reinstate", "start"]),
        # Killed before the new one had proven itself.
        (
            [There(CHANGED, "created"), There(WEB, "exited", name=OLD)],
            ["discard", "reinstate", *(verb for verb in REPLACED if verb != "stop old")],
        ),
        (
            [There(CHANGED, "exited", 1), There(WEB, "exited", name=OLD)],
            ["discard", "reinstate", *(verb for verb in REPLACED if verb != "stop old")],
        ),
        # Killed after that.
        ([There(CHANGED), There(WEB, "exited", name=OLD)], ["clear"]),
        ([There(WEB), There(CHANGED, "exited", name=OLD)], ["clear", *REPLACED]),
        # Killed while it was undone.
        ([There(CHANGED, "created", name=NEW)], ["discard new", "create", "start"]),
    ],
)
def test_what_an_interrupted_run_left_is_finished_or_undone(
    there: list[There], told: list[str]
) -> None:
    lines = plan(CHANGED, there=there)

    assert verbs(lines) == told
    assert lines[0].endswith(": left by an interrupted run")


def test_the_old_one_runs_again_if_its_second_replacement_fails_too() -> None:
    there = [There(WEB, "exited", name=OLD), There(CHANGED, "created", name=NEW)]

    made = report(CHANGED, there=there)

    retire = step(made, "retire container web")
    assert (retire.undo, retire.payload["run"]) == ("reinstate", True)


def test_nothing_that_was_left_stays_when_nobody_wants_the_container() -> None:
    there = [
        There(CHANGED, "created"),
        There(WEB, "exited", name=OLD),
        There(WEB, "created", name=NEW),
    ]

    assert plan(container("web", "absent"), there=there) == [
        "discard new container web: left by an interrupted run",
        "clear container web: left by an interrupted run",
        "remove container web: state: absent",
    ]


def test_what_was_left_of_an_orphan_goes_with_it() -> None:
    labels = {"com.docker.compose.project": "shop"}
    there = [
        There(WEB, labels=labels),
        There(WEB, "exited", name=OLD, labels=labels),
        There(container("db"), "created", name="db.slipway-new", labels=labels),
    ]

    assert verbs(plan(there=there, owner="shop", orphans="remove")) == [
        "remove",
        "clear",
        "stop",
        "remove",
    ]


def test_the_stranger_of_a_one_off_run_is_no_orphan() -> None:
    labels = {"com.docker.compose.project": "shop", "com.docker.compose.oneoff": "True"}

    assert plan(there=[There(WEB, labels=labels)], owner="shop", orphans="remove") == []


def test_every_step_that_takes_the_old_ones_place_can_be_taken_back() -> None:
    made = report(CHANGED, there=[There(WEB)])

    undone = {each.verb: each.undo for each in made.plan.steps if each.undo}
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
