# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`deploy.update_config` on a plain engine: replicas are replaced in batches, and one of them fails."""

from __future__ import annotations

import datetime
import json
import pathlib
import typing as t

import pytest

from tests.integration.conftest import docker
from tests.integration.playing import Played, stack

# Each container takes the next number, and ends at once if that is the bad one.
COMMAND = (
    "n=1; until mkdir /count/$$ROUND-$$n; do n=$$((n+1)); done; "
    "test $$n != $$BAD || { echo number $$n is bad; exit 3; }; sleep 100000"
)
REPLICAS = 4


class Web:
    """A service of four replicas; each round of it is another version."""

    def __init__(self, folder: pathlib.Path, project: str, image: str) -> None:
        self.folder, self.project, self.image = folder, project, image

    def run(self, round: int, bad: int = 0, check: bool = False, **update: t.Any) -> Played:
        """Roll a version out, of which the bad one in the order of starts fails."""
        web = {
            "image": self.image,
            "command": ["sh", "-c", COMMAND],
            "environment": {"ROUND": str(round), "BAD": str(bad)},
            "volumes": ["count:/count"],
            "init": True,
            "stop_grace_period": "1s",
            "deploy": {"replicas": REPLICAS, "update_config": update},
        }
        model = {"name": self.project, "services": {"web": web}, "volumes": {"count": None}}
        (self.folder / "compose.yml").write_text(json.dumps(model))
        return stack(self.folder, check=check)

    def rounds(self) -> list[int]:
        """By replica the version that is there."""
        return [
            int(next(each for each in found["Config"]["Env"] if each.startswith("ROUND="))[6:])
            for found in map(self.inspect, range(1, REPLICAS + 1))
        ]

    def inspect(self, number: int) -> dict[str, t.Any]:
        found: dict[str, t.Any] = json.loads(docker("inspect", f"{self.project}-web-{number}"))[0]
        return found

    def ids(self) -> list[str]:
        """All containers of the project that run, and no others may be there."""
        label = f"label=com.docker.compose.project={self.project}"
        listed = docker("ps", "-aq", "--no-trunc", "--filter", label).splitlines()
        runs = [self.inspect(number)["Id"] for number in range(1, REPLICAS + 1)]
        assert sorted(listed) == sorted(runs)
        assert all(self.inspect(number)["State"]["Running"] for number in range(1, REPLICAS + 1))
        return runs

    def started(self, number: int) -> datetime.datetime:
        text = self.inspect(number)["State"]["StartedAt"]
        return datetime.datetime.fromisoformat(text[:26])


@pytest.fixture
def web(tmp_path: pathlib.Path, project: str, busybox: str) -> Web:
    """The service, with its first version up."""
    made = Web(tmp_path, project, busybox)
    assert made.run(1).status == 0
    return made


def test_a_batch_begins_when_the_one_before_it_is_proven_and_the_delay_is_over(web: Web) -> None:
    how: dict[str, t.Any] = {"parallelism": 2, "delay": "2s", "monitor": "1s"}
    told = web.run(2, check=True, **how)

    played = web.run(2, **how)

    assert played.status == 0, played.text
    assert played.plan == told.plan
    assert f"await delay container {web.project}-web-3: 2 s after the batch before it" in told.plan
    first = max(web.started(1), web.started(2))
    assert min(web.started(3), web.started(4)) - first > datetime.timedelta(seconds=3)
    assert web.rounds() == [2, 2, 2, 2]
    again = web.run(2, **how)
    assert (again.plan, again.changed) == ([], False)


def test_pause_stops_there_and_what_was_replaced_stays(web: Web) -> None:
    before = web.ids()

    played = web.run(2, bad=2)

    assert played.status != 0
    assert "number 2 is bad" in played.message
    assert web.rounds() == [2, 1, 1, 1]
    assert web.ids()[1:] == before[1:]
    assert web.run(3).status == 0
    assert web.rounds() == [3, 3, 3, 3]


def test_continue_does_the_others_and_warns_of_as_many_as_may_fail(web: Web) -> None:
    before = web.ids()

    played = web.run(2, bad=2, failure_action="continue", max_failure_ratio=0.25)

    assert played.status == 0, played.text
    assert "failed and was put back" in played.text
    assert "number 2 is bad" in played.text
    assert web.rounds() == [2, 1, 2, 2]
    assert web.ids()[1] == before[1]


def test_continue_does_the_others_and_fails_when_more_failed_than_may(web: Web) -> None:
    played = web.run(2, bad=2, failure_action="continue")

    assert played.status != 0
    assert "number 2 is bad" in played.message
    assert web.rounds() == [2, 1, 2, 2]
    assert len(web.ids()) == REPLICAS


def test_rollback_puts_the_whole_service_back(web: Web) -> None:
    before = web.ids()

    played = web.run(2, bad=3, failure_action="rollback")

    assert played.status != 0
    assert "number 3 is bad" in played.message
    assert not played.changed
    assert web.ids() == before
    assert web.run(3, failure_action="rollback").status == 0
    assert web.rounds() == [3, 3, 3, 3]


def test_start_first_replaces_replicas_one_by_one(web: Web) -> None:
    played = web.run(2, bad=3, order="start-first", failure_action="rollback")

    assert played.status != 0
    assert web.rounds() == [1, 1, 1, 1]
    assert web.run(3, order="start-first").status == 0
    assert web.rounds() == [3, 3, 3, 3]
    assert len(web.ids()) == REPLICAS
