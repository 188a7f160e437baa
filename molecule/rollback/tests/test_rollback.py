# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An update that fails must leave what ran before running, and say why; the next run of a mended file must converge."""

from __future__ import annotations

import json
import typing as t

import pytest

from tests.hosts.host import hosts_of

testinfra_hosts = hosts_of("rollback")


@pytest.fixture
def failed(host: t.Any) -> dict[str, t.Any]:
    """What was seen and told when version 2 had failed."""
    seen: dict[str, t.Any] = json.loads(host.file("/root/failed-update.json").content_string)
    return seen


def test_the_old_containers_were_still_there_and_answered(failed: dict[str, t.Any]) -> None:
    assert sorted(failed["after"]) == sorted(failed["before"])
    assert failed["answer"] == "health 1\n"


@pytest.mark.parametrize(
    "part",
    [
        "container shop-web-1: its health check failed",
        "running, exit code 0",
        "health log:\n  exit code 1",
        "last log lines:\n  this is version 2",
        "put back: ",
    ],
)
def test_the_failure_told_why(failed: dict[str, t.Any], part: str) -> None:
    assert part in failed["told"]


def test_the_mended_version_runs_and_nothing_is_left_over(host: t.Any, inspect: t.Any) -> None:
    web = inspect("shop-web-1")

    assert web["State"]["Health"]["Status"] == "healthy"
    assert "this is version 3" in host.check_output("docker logs shop-web-1 2>&1")
    names = host.check_output("docker ps --all --format '{{.Names}}'").split()
    assert sorted(names) == ["shop-neighbour-1", "shop-web-1"]


def test_what_did_not_change_was_never_touched(inspect: t.Any, failed: dict[str, t.Any]) -> None:
    assert inspect("shop-neighbour-1")["Id"] in failed["before"]


def test_the_run_after_it_plans_nothing(plays: t.Any) -> None:
    assert plays[-1].plan == []
    assert plays[-2].plan != []
