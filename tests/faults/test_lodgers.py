# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A container that isn't ours keeps its place on a network of ours, wherever the run is killed that makes it anew."""

from __future__ import annotations

import itertools
import pathlib
import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.outside.engine_api import EngineApi
from ansible_collections.slipway.docker.plugins.module_utils.outside.sdk import Connection
from tests.faults.scenarios import BUSYBOX, Scenario, on_subnet
from tests.faults.stacks import PROJECT, declare
from tests.faults.test_killed import MOMENTS, Way
from tests.faults.walking import begin
from tests.faults.world import World

LODGER, NETWORK = "slipway-lodger", f"{PROJECT}_front"
MOVES = Scenario(
    "network change with a lodger",
    on_subnet("172.31.248.0/24"),
    on_subnet("172.31.249.0/24"),
    back="network change back with a lodger",
)


@pytest.fixture
def engine(clean: None) -> t.Iterator[EngineApi]:
    """The engine, without a lodger before and after."""
    engine = EngineApi(Connection())
    engine.delete("/containers/{0}", LODGER, force=True)
    yield engine
    engine.delete("/containers/{0}", LODGER, force=True)


def move_in(engine: EngineApi) -> None:
    """Start a container that nobody declares, and connect it to the stack's network."""
    body = {"Image": BUSYBOX, "Cmd": ["sleep", "100000"], "HostConfig": {"Init": True}}
    made = engine.post("/containers/create", body=body, name=LODGER)
    engine.post("/containers/{0}/start", made["Id"])
    end = {"Container": made["Id"], "EndpointConfig": {"Aliases": ["guest"]}}
    engine.post("/networks/{0}/connect", NETWORK, body=end)


def place(engine: EngineApi) -> list[str]:
    """What the lodger is called on the network; nothing where it isn't on it."""
    lodger = engine.get("/containers/{0}/json", LODGER)
    aliases = (lodger["NetworkSettings"]["Networks"].get(NETWORK) or {}).get("Aliases") or []
    return [alias for alias in aliases if not lodger["Id"].startswith(alias)]


def test_a_lodger_keeps_its_place_on_the_network(engine: EngineApi, tmp_path: pathlib.Path) -> None:
    world = World(tmp_path / "placed")
    before, after = declare(MOVES.before, tmp_path / "b"), declare(MOVES.after, tmp_path / "a")
    ways = (
        Way(MOVES.name, MOVES, before, after, after),
        Way(MOVES.back, MOVES, after, before, before),
    )
    begin(before, world)
    move_in(engine)
    told: list[str] = []

    for call in itertools.count(1):
        for moment, way in itertools.product(MOMENTS, ways):
            told += way.go(call, moment, world)
            if place(engine) != ["guest"]:
                told.append(f"{way.figures.name}, {moment} call {call}: the lodger is not back")
        if all(way.is_through for way in ways):
            break

    assert not told, "\n".join(told)
