# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The network kind over a model of the engine: what it plans, what it refuses, and what a failed replacement leaves."""

from __future__ import annotations

import contextlib
import copy
import typing as t
from pathlib import Path

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.converge import Settings, converge
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import (
    EngineError,
    InputError,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.record import digest
from ansible_collections.slipway.docker.plugins.module_utils.core.report import Report
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Resource
from ansible_collections.slipway.docker.plugins.module_utils.kinds.network import NETWORK
from ansible_collections.slipway.docker.plugins.module_utils.outside.loose_ends import LooseEnds

Fields = t.Dict[str, t.Any]


class Memory:
    """Records in a mapping."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], t.Mapping[str, str]] = {}

    def recall(self, kind: str, id: str) -> t.Mapping[str, str] | None:
        return self.records.get((kind, id))

    def remember(self, kind: str, id: str, record: t.Mapping[str, str]) -> None:
        self.records[kind, id] = record

    def forget(self, kind: str, id: str) -> None:
        self.records.pop((kind, id), None)

    def seal(self, value: t.Any) -> str:
        return digest(b"key", value)

    def save(self) -> None:
        pass


class Engine:
    """Networks and one container's endpoints, by the few calls that the kind makes; `refuse` makes a call fail."""

    version = (1, 41)

    def __init__(self) -> None:
        self.networks: dict[str, Fields] = {}
        self.containers: dict[str, Fields] = {}
        self.refuse: t.Callable[[str, Fields], bool] = lambda call, body: False
        self.calls: list[str] = []

    def get(self, path: str, *parts: str, **params: t.Any) -> t.Any:
        if path == "/networks":
            return copy.deepcopy(list(self.networks.values()))
        if path == "/networks/{0}":
            return copy.deepcopy(self.networks.get(parts[0]))
        if path == "/containers/json":
            (id,) = params["filters"]["network"]
            name = next(one["Name"] for one in self.networks.values() if one["Id"] == id)
            return [{"Id": key} for key, one in self.containers.items() if name in one]
        return {
            "Id": parts[0],
            "Name": "/" + parts[0],
            "NetworkSettings": {"Networks": copy.deepcopy(self.containers[parts[0]])},
        }

    def post(self, path: str, *parts: str, body: t.Any = None, **params: t.Any) -> t.Any:
        call = path.format(*parts)
        self.calls.append(call)
        if self.refuse(call, body):
            raise EngineError(call, "no")
        if path == "/networks/create":
            self.networks[body["Name"]] = {
                "IPAM": {
                    "Driver": "default",
                    "Config": [{"Subnet": "172.18.0.0/16", "Gateway": "172.18.0.1"}],
                },
                **body,
                "Id": f"id{len(self.calls)}",
            }
            return {"Id": self.networks[body["Name"]]["Id"]}
        endpoints = self.containers[body["Container"]]
        if path.endswith("/connect"):
            endpoints[parts[0]] = body["EndpointConfig"]
        else:
            del endpoints[parts[0]]
        return None

    def delete(self, path: str, *parts: str, **params: t.Any) -> bool:
        self.calls.append("DELETE " + path.format(*parts))
        self.networks = {
            name: one for name, one in self.networks.items() if parts[0] not in (name, one["Id"])
        }
        return True


class Outside:
    def __init__(self, state: str) -> None:
        self.engine = Engine()
        self.loose_ends = LooseEnds(state)


@pytest.fixture
def outside(tmp_path: Path) -> Outside:
    return Outside(str(tmp_path))


@pytest.fixture
def memory() -> Memory:
    return Memory()


def run(
    outside: Outside,
    memory: Memory,
    fields: Fields,
    check: bool = False,
    state: str = "present",
    on_failure: str = "stop",
    **options: t.Any,
) -> Report:
    wanted = Resource("network", "front", state, fields, options)
    settings = Settings(check_mode=check, on_failure=on_failure)
    return converge([NETWORK], [wanted], outside, memory, settings)


def test_a_network_is_made_once(outside: Outside, memory: Memory) -> None:
    assert run(outside, memory, {"internal": True}).plan.lines == [
        "create network front: not found"
    ]
    assert run(outside, memory, {"internal": True}).plan.lines == []


def test_check_mode_tells_the_same_and_makes_nothing(outside: Outside, memory: Memory) -> None:
    assert run(outside, memory, {}, check=True).plan.lines == ["create network front: not found"]
    assert outside.engine.calls == []


def test_the_gateway_that_the_engine_chose_is_no_change(outside: Outside, memory: Memory) -> None:
    ipam = {"config": [{"subnet": "172.18.0.0/16"}]}
    run(outside, memory, {"ipam": ipam})

    assert run(outside, memory, {"ipam": ipam}).plan.lines == []


def test_a_field_that_was_taken_out_is_taken_back(outside: Outside, memory: Memory) -> None:
    run(outside, memory, {"internal": True})

    lines = run(outside, memory, {}).plan.lines

    assert lines[0] == "remove network front: internal True -> False"
    assert run(outside, memory, {}).plan.lines == []


def test_a_network_made_by_hand_is_adopted_as_it_is(outside: Outside, memory: Memory) -> None:
    outside.engine.networks["front"] = {
        "Name": "front",
        "Id": "hand",
        "Driver": "bridge",
        "Internal": True,
        "Labels": {"x": "y"},
    }

    assert run(outside, memory, {"driver": "bridge"}).plan.lines == []


def test_every_endpoint_comes_back(outside: Outside, memory: Memory) -> None:
    run(outside, memory, {})
    endpoint = {
        "IPAMConfig": {"IPv4Address": "172.18.0.9"},
        "Aliases": ["db", "c" * 12],
        "MacAddress": "02:42:ac:12:00:09",
    }
    outside.engine.containers["c" * 64] = {"front": dict(endpoint)}

    report = run(outside, memory, {"internal": True})

    name = "c" * 64
    assert report.plan.lines == [
        f"disconnect {name} from network front: it is made anew",
        "remove network front: internal False -> True",
        "create network front: in the old one's place",
        f"connect {name} to network front: as it was",
    ]
    assert outside.engine.containers[name]["front"] == {**endpoint, "Aliases": ["db"]}


def test_a_replacement_that_fails_puts_the_old_network_back(
    outside: Outside, memory: Memory
) -> None:
    run(outside, memory, {"driver_opts": {"a": "b"}})
    outside.engine.containers["box"] = {"front": {"Aliases": ["db"]}}
    outside.engine.refuse = lambda call, body: (
        call == "/networks/create" and body.get("Internal", False)
    )

    report = run(outside, memory, {"driver_opts": {"a": "b"}, "internal": True})

    assert report.failed
    assert not outside.engine.networks["front"].get("Internal")
    assert outside.engine.networks["front"]["Options"] == {"a": "b"}
    assert outside.engine.containers["box"]["front"]["Aliases"] == ["db"]


@pytest.mark.parametrize("hears", [False, True], ids=["before", "after"])
def test_an_endpoint_that_a_killed_run_took_comes_back_with_the_next(
    outside: Outside, memory: Memory, hears: bool
) -> None:
    engine = outside.engine
    run(outside, memory, {})
    end = {"IPAMConfig": {"IPv4Address": "172.18.0.9"}, "Aliases": ["db"]}
    engine.containers["box"] = {"front": dict(end)}

    for fuse in range(4):
        fields = {"internal": fuse % 2 == 0}
        with cut_off(engine, fuse, hears):
            assert run(outside, memory, fields).failed
        mended = run(outside, memory, fields)

        assert mended.failure() == ""
        assert engine.containers["box"]["front"] == end, (fuse, mended.plan.lines)
        assert run(outside, memory, fields).plan.lines == []
        assert outside.loose_ends.of("front") == {}


@contextlib.contextmanager
def cut_off(engine: Engine, fuse: int, hears: bool) -> t.Iterator[None]:
    """After so many calls the engine does at most the next one (if it `hears`), and no more."""
    left = [fuse]

    def cut(call: t.Callable[..., t.Any]) -> t.Callable[..., t.Any]:
        def doing(*parts: str, **params: t.Any) -> t.Any:
            left[0] -= 1
            answer = call(*parts, **params) if left[0] >= (-1 if hears else 0) else None
            if left[0] < 0:
                raise EngineError(parts[0], "gone")
            return answer

        return doing

    whole = engine.post, engine.delete
    engine.post, engine.delete = cut(engine.post), cut(engine.delete)  # type: ignore[method-assign]
    yield
    engine.post, engine.delete = whole  # type: ignore[method-assign]


def test_a_network_that_was_made_in_vain_goes_with_its_unit(
    outside: Outside, memory: Memory
) -> None:
    """The engine has made it, but its answer was lost."""
    make = outside.engine.post

    def lost(path: str, *parts: str, **params: t.Any) -> t.Any:
        make(path, *parts, **params)
        raise EngineError(path, "no answer")

    outside.engine.post = lost  # type: ignore[method-assign]

    assert run(outside, memory, {}).failed
    assert "front" in outside.engine.networks
    outside.engine.networks.clear()
    assert run(outside, memory, {}, on_failure="rollback").failed
    assert outside.engine.networks == {}


def test_a_network_whose_name_somebody_took_meanwhile_stays(
    outside: Outside, memory: Memory
) -> None:
    def taken(path: str, *parts: str, **params: t.Any) -> t.Any:
        outside.engine.networks["front"] = {"Id": "theirs", "Labels": {"team": "a"}}
        raise EngineError(path, "network with name front already exists")

    outside.engine.post = taken  # type: ignore[method-assign]

    report = run(outside, memory, {}, on_failure="rollback")

    assert report.failed
    assert "could not be put back" not in report.failure()
    assert outside.engine.networks["front"]["Id"] == "theirs"


def test_absent_removes_it_after_the_containers(outside: Outside, memory: Memory) -> None:
    run(outside, memory, {})

    report = run(outside, memory, {}, state="absent")

    assert report.plan.lines == ["remove network front: state: absent"]
    assert report.plan.steps[0].needs == ("container",)
    assert outside.engine.networks == {}


def test_an_external_network_must_be_there(outside: Outside, memory: Memory) -> None:
    with pytest.raises(InputError, match="docker network create front"):
        run(outside, memory, {}, external=True)


@pytest.mark.parametrize(
    "ipam, problem",
    [
        ({"config": [{"subnet": "172.18.0.0/99"}]}, "172.18.0.0/99"),
        (
            {"config": [{"subnet": "172.18.0.0/16", "gateway": "10.0.0.1"}]},
            "10.0.0.1/32 is not in 172.18.0.0/16",
        ),
        ({"config": [{"subnet": "172.18.0.1/16"}]}, "host bits"),
    ],
)
def test_addresses_that_make_no_sense_are_refused(
    outside: Outside, memory: Memory, ipam: Fields, problem: str
) -> None:
    with pytest.raises(InputError, match=problem):
        run(outside, memory, {"ipam": ipam})


@pytest.mark.parametrize("name", ["", "-front", "a b", "bridge", "host"])
def test_names_that_the_engine_would_refuse_are_refused(
    outside: Outside, memory: Memory, name: str
) -> None:
    with pytest.raises(InputError):
        converge([NETWORK], [Resource("network", name)], outside, memory, Settings())
