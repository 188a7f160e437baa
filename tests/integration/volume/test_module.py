# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The thinnest kind through the whole flow, on a real engine."""

from __future__ import annotations

import pathlib
import typing as t

from tests.integration.conftest import docker
from tests.integration.playing import play

NAME = "slipway-test-volume"
WALK: tuple[tuple[dict[str, t.Any], list[str]], ...] = (
    ({"labels": {"a": "b"}}, [f"create volume {NAME}: not found"]),
    ({"labels": ["a=b"]}, []),
    ({"driver": "local", "labels": {"a": "b"}}, []),
    ({"state": "absent", "consent": ["destroy"]}, [f"remove volume {NAME}: state: absent"]),
    ({"state": "absent", "consent": ["destroy"]}, []),
)


def test_a_volume_is_made_once_and_taken_away_once(tmp_path: pathlib.Path) -> None:
    docker("volume", "rm", "-f", NAME)
    tasks = [
        {"slipway.docker.volume": {"name": NAME, **options}, "check_mode": check}
        for options, _plan in WALK
        for check in (True, False)
    ]
    results = play(tmp_path, tasks).results

    plans = [plan for _options, plan in WALK for _check in (True, False)]
    assert [result["plan"] for result in results] == plans
    assert [result["changed"] for result in results] == [bool(plan) for plan in plans]


def test_data_is_not_given_up_without_consent(tmp_path: pathlib.Path) -> None:
    docker("volume", "create", NAME)
    played = play(tmp_path, [{"slipway.docker.volume": {"name": NAME, "state": "absent"}}])

    assert "add destroy to the option consent" in played.message
    assert docker("volume", "rm", NAME) == NAME
