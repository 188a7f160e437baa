# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What users read of a run."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.apply import (
    DONE,
    FAILED,
    SKIPPED,
    STUCK,
    UNDONE,
    Outcome,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import StepError
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Plan, Step
from ansible_collections.slipway.docker.plugins.module_utils.core.report import Report
from ansible_collections.slipway.docker.tests.unit.plugins.module_utils.core.world import (
    World,
    box,
    run,
)

HEADERS = {"before_header": "box a", "after_header": "box a"}


def step(key: str) -> Step:
    verb, kind, name = key.rsplit(" ", 2)
    return Step(verb, kind, name, "because")


def ended(key: str, status: str, error: t.Any = None, undo_error: t.Any = None) -> Outcome:
    return Outcome(step(key), status, error=error, undo_error=undo_error)


def report(*outcomes: Outcome) -> Report:
    return Report((), Plan(tuple(outcome.step for outcome in outcomes)), outcomes)


def test_a_run_that_went_well_has_no_failure() -> None:
    good = report(ended("create box a", DONE))

    assert (good.failed, good.failure(), good.result()["changed"]) == (False, "", True)


def test_a_failure_says_what_failed_what_was_put_back_and_what_was_not_done() -> None:
    evidence = {"last log lines": ["exited 1", "password=hunter2"]}
    bad = report(
        ended("stop box a", UNDONE),
        ended("create box a", FAILED, StepError("box a", "it died", "look at it", evidence)),
        ended("create box b", FAILED, ValueError("what?"), OSError("gone")),
        ended("rename box c", STUCK, undo_error=StepError("box c", "in use")),
        ended("start box a", SKIPPED),
        ended("start box b", SKIPPED),
    )

    assert bad.failed
    assert bad.failure() == "\n".join(
        [
            "create box a failed: box a: it died; look at it",
            "last log lines:",
            "  exited 1",
            "  password=***",
            "create box b failed: ValueError: what?",
            "create box b could not be put back: OSError: gone",
            "rename box c could not be put back: box c: in use",
            "put back: stop box a",
            "not done: start box a, start box b",
        ]
    )


@pytest.mark.parametrize(
    ("outcomes", "changed"),
    [
        ([("create box a", DONE), ("create box b", FAILED)], True),
        ([("create box a", UNDONE), ("create box b", FAILED)], False),
        ([("create box a", STUCK), ("create box b", FAILED)], True),
        ([("create box a", SKIPPED), ("create box b", FAILED)], False),
        ([("await healthy box a", DONE)], False),
        ([], False),
    ],
)
def test_changed_is_what_has_changed_when_the_run_is_over(
    outcomes: list[tuple[str, str]], changed: bool
) -> None:
    assert report(*(ended(*outcome) for outcome in outcomes)).result()["changed"] is changed


def test_waiting_alone_is_no_plan_to_tell_of() -> None:
    assert Plan((step("await healthy box a"),)).lines == []
    assert Plan((step("await healthy box a"), step("start box b"))).lines == [
        "await healthy box a: because",
        "start box b: because",
    ]


def test_what_is_coming_is_what_the_plan_makes_and_does_not_remove_again() -> None:
    coming = report(
        *(
            ended(key, DONE)
            for key in (
                "remove box a",
                "create box a",
                "create box b",
                "remove box c",
                "await healthy box d",
            )
        )
    ).result()["_coming"]

    assert coming == ["box a", "box b"]


def sides(result: dict[str, t.Any]) -> list[dict[str, t.Any]]:
    """The diffs of fields, without the plan that is printed below them."""
    return [diff for diff in result["diff"] if "before" in diff]


def diffs(world: World, *wanted: t.Any, **settings: t.Any) -> list[dict[str, t.Any]]:
    return sides(run(world, *wanted, **settings).result())


def test_the_diff_of_what_is_made_is_all_that_is_declared_as_users_write_it() -> None:
    wanted = box(
        "a",
        color="red",
        size="64m",
        tags={"x": "1", "db_password": "hunter2"},
        parts=["p"],
        pin="1234",
    )

    assert diffs(World(), wanted) == [
        {
            **HEADERS,
            "before": {"state": "absent"},
            "after": {
                "state": "present",
                "color": "red",
                "size": "64m",
                "parts": "['p']",
                "pin": "(hidden)",
                "tags": {"x": "1", "db_password": "(hidden)"},
            },
        }
    ]


def test_the_diff_of_a_change_is_the_fields_that_change() -> None:
    world = World()
    run(world, box("a", size=1, tags={"x": "1"}, pin="1"))

    assert diffs(world, box("a", size=2048, tags={"x": "2", "y": ""}, pin="2")) == [
        {
            **HEADERS,
            "before": {"size": "1", "tags.x": "1", "tags.y": None, "pin": "(hidden)"},
            "after": {"size": "2k", "tags.x": "2", "tags.y": "", "pin": "(hidden)"},
        }
    ]


def test_the_diff_of_what_goes_is_its_state_and_nothing_else() -> None:
    world = World()
    run(world, box("a", size=1))

    assert diffs(world, box("a", state="absent", size=9)) == [
        {**HEADERS, "before": {"state": "present"}, "after": {"state": "absent"}}
    ]


def test_what_no_field_tells_is_told_by_the_plan_alone() -> None:
    world = World()
    run(world, box("a"))
    planned = run(world, box("a"))
    stopped = Report(planned.requests, Plan((Step("start", "box", "a", "it stands still"),)))

    assert stopped.result()["diff"] == [{"prepared": "plan:\n  start box a: it stands still\n"}]


def test_below_the_diff_stands_the_plan_the_same_in_check_mode_and_in_the_run() -> None:
    wanted = box("a"), box("b", needs=["box a"])
    foreseen = run(World(), *wanted, check_mode=True).result()
    done = run(World(), *wanted).result()

    assert foreseen["diff"] == done["diff"]
    assert done["diff"][-1] == {
        "prepared": "plan:\n  create box a: not found\n  create box b: not found\n"
    }


def test_what_is_up_to_date_has_no_diff() -> None:
    world = World()
    run(world, box("a", size=1))

    assert run(world, box("a", size=1)).result()["diff"] == []


def test_after_a_failure_the_diff_is_what_was_done() -> None:
    world = World()
    world.faults["create box b"] = ValueError("no")
    failed = run(world, box("a"), box("b", needs=["box a"]), box("c", needs=["box b"])).result()

    assert [diff["after_header"] for diff in sides(failed)] == ["box a"]
    assert failed["diff"][-1] == {"prepared": "plan:\n  create box a: not found\n"}
    assert len(failed["plan"]) == 3
