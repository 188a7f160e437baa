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
    """What a play planned for a host, all its tasks together."""

    check: bool
    plan: list[str]


@pytest.fixture
def name(host: t.Any) -> str:
    """The host's name in the inventory."""
    return str(host.check_output("hostname"))


@pytest.fixture
def plays(name: str) -> list[Play]:
    """The plays of the scenario so far, in their order."""
    path = Path(os.environ["MOLECULE_EPHEMERAL_DIRECTORY"]) / "plans.jsonl"
    told = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    runs: dict[tuple[int, bool], list[str]] = collections.defaultdict(list)
    for each in told:
        if each["host"] == name:
            runs[each["run"], each["check"]] += each["plan"]
    return [Play(check, plan) for (_run, check), plan in runs.items()]


@pytest.fixture
def inspect(host: t.Any) -> Inspect:
    """A container, as the engine tells it."""

    def look(container: str) -> dict[str, t.Any]:
        found: dict[str, t.Any] = json.loads(host.check_output(f"docker inspect {container}"))[0]
        return found

    return look
