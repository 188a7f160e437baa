# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What scenarios look at: containers, and the plans of the plays before."""

from __future__ import annotations

import collections
import json
import os
import typing as t
from pathlib import Path

import pytest

Inspect = t.Callable[[str], t.Dict[str, t.Any]]


class Play(t.NamedTuple):
    """What a play planned for a host, all its tasks together, and who is to blame for it."""

    check: bool
    plan: list[str]
    drift: list[str]
    edits: list[str]


@pytest.fixture
def name(host: t.Any) -> str:
    """The host's name in the inventory."""
    return str(host.check_output("hostname"))


@pytest.fixture
def plays(name: str) -> list[Play]:
    """The plays of the scenario so far, in their order."""
    path = Path(os.environ["MOLECULE_EPHEMERAL_DIRECTORY"]) / "plans.jsonl"
    told = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    runs: dict[tuple[int, bool], list[dict[str, t.Any]]] = collections.defaultdict(list)
    for each in told:
        if each["host"] == name:
            runs[each["run"], each["check"]].append(each)
    return [
        Play(check, *(_joined(tasks, part) for part in ("plan", "drift", "edits")))
        for (_run, check), tasks in runs.items()
    ]


def _joined(tasks: t.Iterable[dict[str, t.Any]], part: str) -> list[str]:
    return [line for task in tasks for line in task[part]]


@pytest.fixture
def inspect(host: t.Any) -> Inspect:
    """A container, as the engine tells it."""

    def look(container: str) -> dict[str, t.Any]:
        found: dict[str, t.Any] = json.loads(host.check_output(f"docker inspect {container}"))[0]
        return found

    return look
