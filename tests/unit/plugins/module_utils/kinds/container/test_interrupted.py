# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an interrupted run left, and what the next one makes of it."""

from __future__ import annotations

import dataclasses

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Fate
from tests.unit.plugins.module_utils.kinds.container.snapshot import (
    CHANGED,
    NEW,
    OLD,
    REPLACED,
    WEB,
    There,
    container,
    plan,
    report,
    step,
    verbs,
)


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


BESIDE = [
    "recreate",
    "start new",
    "await running new",
    "retire",
    "promote",
    "stop old",
    "remove old",
]


@pytest.mark.parametrize(
    ("there", "told"),
    [
        ([There(WEB)], BESIDE),
        # Killed before the new one had proven itself, and before it had the name.
        ([There(WEB), There(CHANGED, name=NEW)], ["discard new", *BESIDE]),
        (
            [There(WEB, name=OLD), There(CHANGED, name=NEW)],
            ["discard new", "reinstate", *BESIDE],
        ),
        # Killed before the old one was stopped.
        ([There(CHANGED), There(WEB, name=OLD)], ["stop left", "clear"]),
        # The old one doesn't run, so there is nothing to run beside.
        ([There(WEB, "exited")], [verb for verb in REPLACED if verb != "stop old"]),
    ],
)
def test_start_first_leaves_one_that_runs_whenever_it_is_interrupted(
    there: list[There], told: list[str]
) -> None:
    wanted = dataclasses.replace(CHANGED, options={"update_config": {"order": "start-first"}})

    assert verbs(plan(wanted, there=there)) == told


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


def test_one_that_is_well_goes_too_where_it_is_put_back_with_others() -> None:
    there = [There(CHANGED), There(WEB, "exited", name=OLD)]
    wanted = dataclasses.replace(CHANGED, fate=Fate("the whole plan"))

    told = ["discard", "reinstate", *(verb for verb in REPLACED if verb != "stop old")]
    assert verbs(plan(wanted, there=there)) == told
