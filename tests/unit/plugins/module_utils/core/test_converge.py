# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one loop, where a case of a whole run would not show it."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.converge import (
    Settings,
    converge,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import (
    InputError,
    SlipwayError,
    StepError,
    Unreachable,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.kind import Kind, Survey
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Request, Step
from ansible_collections.slipway.docker.plugins.module_utils.core.record import LABEL
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import (
    ENGINE,
    Found,
    Resource,
)
from ansible_collections.slipway.docker.tests.unit.plugins.module_utils.core.world import (
    ALL,
    BOX,
    Memory,
    World,
    box,
    run,
)


def lines(report: t.Any) -> list[str]:
    return t.cast("list[str]", report.result()["plan"])


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ([Resource("bux", "a")], "bux a: no such kind; known kinds: box"),
        ([box("a", state="started")], "box a: no such state: started; one of present, absent"),
        ([box("a"), box("a")], "box a: declared twice; give one of them another name"),
    ],
)
def test_what_can_not_be_accepted_is_refused_before_anything_is_asked(
    wanted: list[Resource], message: str
) -> None:
    unasked = dataclasses.replace(BOX, observe=lambda outside, survey: pytest.fail("asked"))

    with pytest.raises(InputError) as error:
        converge([unasked], wanted, World(), Memory(), Settings())
    assert str(error.value) == message


def test_a_kind_checks_what_it_has_made_canonical() -> None:
    checked: list[Resource] = []
    kind = dataclasses.replace(
        BOX,
        canonical=lambda wanted: dataclasses.replace(wanted, name=wanted.name.upper()),
        check=checked.append,
    )

    report = converge([kind], [box("a")], World(), Memory(), Settings())

    assert [wanted.name for wanted in checked] == ["A"]
    assert lines(report) == ["create box A: not found"]


def test_nothing_is_asked_of_a_kind_that_nobody_wants() -> None:
    unasked = dataclasses.replace(BOX, name="bag", observe=lambda *_: pytest.fail("asked"))

    report = converge([unasked, BOX], [box("a")], World(), Memory(), Settings())

    assert lines(report) == ["create box a: not found"]


def test_resources_are_planned_as_they_are_lined_up_and_see_what_is_planned_before_them() -> None:
    seen: list[tuple[str, list[str], list[str]]] = []

    def plan(request: Request) -> list[Step]:
        seen.append(
            (request.wanted.name, sorted(request.coming), [step.key for step in request.earlier])
        )
        return [request.step("create" if request.found is None else "remove")]

    kind = dataclasses.replace(BOX, plan=plan, line_up=lambda wanted: wanted[::-1])
    world = World()
    world.make("b", {})
    converge([kind], [box("a"), box("b"), box("c")], world, Memory(), Settings(check_mode=True))

    assert seen == [
        ("c", [], []),
        ("b", ["box c"], ["create box c"]),
        # What is only removed is not coming.
        ("a", ["box c"], ["create box c", "remove box b"]),
    ]


def test_a_resource_is_there_by_then_if_it_is_found_or_coming_or_expected() -> None:
    request = Request(
        box("a"),
        snapshot={"box": {"b": Found("box", "b")}},
        coming={"box c"},
        expected=frozenset({"net n"}),
    )

    assert [
        request.is_there_by_then(*identity.split())
        for identity in ("box b", "box c", "net n", "box a", "bag b")
    ] == [True, True, True, False, False]


def test_what_another_kind_has_made_ready_is_seen_by_the_kinds_after_it() -> None:
    surveys: list[Survey] = []

    def observe(outside: t.Any, survey: Survey) -> dict[str, Found]:
        surveys.append(survey)
        return {}

    later = dataclasses.replace(BOX, name="bag", observe=observe)
    world = World()
    world.make("a", {})
    converge([BOX, later], [box("a"), Resource("bag", "b")], world, Memory(), Settings())

    assert list(surveys[0].seen["box"]) == ["a"]
    assert [wanted.name for wanted in surveys[0].wanted] == ["b"]


def dead(outside: t.Any, survey: Survey) -> t.NoReturn:
    raise Unreachable("engine", "it doesn't answer")


def test_a_dead_engine_is_unknown_and_never_absent() -> None:
    with pytest.raises(Unreachable):
        run_with(dataclasses.replace(BOX, observe=dead), box("a"))


def test_an_engine_that_an_earlier_task_would_have_made_holds_nothing_yet() -> None:
    report = run_with(
        dataclasses.replace(BOX, observe=dead),
        box("a"),
        expected=frozenset({ENGINE}),
        check_mode=True,
    )

    assert lines(report) == ["create box a: not found"]


def test_an_engine_that_this_plan_makes_holds_nothing_yet() -> None:
    engine = Kind(
        "engine",
        (),
        lambda outside, survey: {},
        lambda request: [request.step("install")],
        {"install": lambda outside, step: None},
    )
    boxes = dataclasses.replace(BOX, observe=dead)
    wanted = [Resource("engine", "docker"), box("a", needs=["engine"])]

    report = converge([engine, boxes], wanted, World(), Memory(), Settings())

    assert lines(report) == ["install engine docker: not found", "create box a: not found"]


def test_what_does_not_stand_on_an_engine_is_not_excused_by_one_that_is_coming() -> None:
    kind = dataclasses.replace(BOX, observe=dead, on_engine=False)

    with pytest.raises(Unreachable):
        run_with(kind, box("a"), expected=frozenset({ENGINE}))


def run_with(kind: Kind, *wanted: Resource, **settings: t.Any) -> t.Any:
    return converge([kind], wanted, World(), Memory(), Settings(**settings))


@pytest.fixture
def inhabited() -> World:
    """A host with two boxes of the project shop, and one that is somebody else's."""
    world = World()
    world.make("web", {}, owner="shop")
    world.make("old", {}, owner="shop")
    world.make("foreign", {}, owner="bank")
    return world


def test_an_orphan_is_reported_and_left(inhabited: World) -> None:
    report = run(inhabited, box("web"), owner="shop")

    assert (lines(report), report.result()["orphans"]) == ([], ["box old"])
    assert sorted(inhabited.boxes) == ["foreign", "old", "web"]


def test_an_orphan_is_removed_where_that_is_asked_for_and_nothing_foreign_is(
    inhabited: World,
) -> None:
    report = run(inhabited, box("web"), owner="shop", orphans="remove")

    assert lines(report) == ["remove box old: no longer in project 'shop'"]
    assert report.result()["orphans"] == []
    assert sorted(inhabited.boxes) == ["foreign", "web"]


def test_orphans_are_found_though_nothing_of_their_kind_is_wanted(inhabited: World) -> None:
    assert lines(run(inhabited, owner="shop", orphans="remove")) == [
        "remove box old: no longer in project 'shop'",
        "remove box web: no longer in project 'shop'",
    ]


def test_without_an_owner_there_are_no_orphans(inhabited: World) -> None:
    report = run(inhabited, box("web"), orphans="remove")

    assert (lines(report), report.result()["orphans"]) == ([], [])


@pytest.mark.parametrize(
    ("traits", "orphans", "left"),
    [
        ({"keeps_orphans": True}, "remove", ["foreign", "old", "web"]),
        ({"clears_orphans": True}, "report", ["foreign", "web"]),
    ],
)
def test_a_kind_may_keep_its_orphans_or_clear_them_always(
    inhabited: World, traits: dict[str, t.Any], orphans: str, left: list[str]
) -> None:
    kind = dataclasses.replace(BOX, **traits)
    converge([kind], [box("web")], inhabited, Memory(), Settings(owner="shop", orphans=orphans))

    assert sorted(inhabited.boxes) == left


def test_a_plan_that_needs_content_which_did_not_come_along_is_not_begun() -> None:
    world, memory = World(), Memory()
    wanted = box("a", options={"parcels": ("abc", "def")})

    lacking = run(world, wanted, memory=memory, parcels=frozenset({"abc"}))
    assert lacking.result()["_lacking"] == ["def"]
    assert (world.boxes, memory.entries, memory.saved) == ({}, {}, 0)

    assert run(world, wanted, parcels=frozenset({"abc", "def"})).result()["_lacking"] == []
    assert list(world.boxes) == ["a"]


def test_new_resources_carry_the_labels_of_the_run_and_a_record_without_values() -> None:
    world = World()
    run(world, box("a", color="red", pin="1234"), labels={"owner": "shop"})

    labels = world.boxes["a"]["Labels"]
    assert labels["owner"] == "shop"
    assert labels[LABEL].startswith('{"color":"')
    assert "red" not in labels[LABEL]
    assert "1234" not in labels[LABEL]


def test_records_are_kept_of_what_went_well_and_of_nothing_else() -> None:
    world, memory = World(), Memory()
    world.faults["create box b"] = StepError("box b", "no")
    run(world, box("a", size=1), memory=memory)
    run(world, box("a", size=1), box("b", size=2), memory=memory)

    assert list(memory.entries) == [("last box", "a"), ("box", "#1")]
    assert memory.saved == 2


def test_the_record_of_what_is_gone_goes_with_it() -> None:
    world, memory = World(), Memory()
    run(world, box("a", size=1), memory=memory)
    run(world, box("a", size=1, color="red"), memory=memory)
    assert list(memory.entries) == [("last box", "a"), ("box", "#2")]
    assert memory.entries["last box", "a"] == {"id": "#2", "state": "present"}

    run(world, box("a", state="absent"), memory=memory)
    assert memory.entries == {}


def test_no_record_is_kept_of_what_can_not_change() -> None:
    kind, memory, world = dataclasses.replace(BOX, immutable=True), Memory(), World()
    for wanted in (box("a", color="red"), box("a", color="red"), box("a")):
        report = converge([kind], [wanted], world, memory, Settings(consent=ALL))

    assert list(memory.entries) == [("last box", "a")]
    assert lines(report)[0] == "remove box a: color 'red' -> 'grey'"


def test_who_declares_nothing_takes_nothing_back_from_the_record() -> None:
    world, memory = World(), Memory()
    run(world, box("a", tags={"x": "1"}), memory=memory)
    before = dict(memory.entries)
    run(world, box("a"), memory=memory, check_mode=True)

    assert memory.entries == before


def test_records_that_can_not_be_written_are_a_warning_and_the_result_is_told() -> None:
    class Full(Memory):
        def save(self) -> None:
            raise SlipwayError("/var/lib/slipway", "no space left")

    report = run(World(), box("a"), memory=Full())

    assert report.warnings == ("/var/lib/slipway: no space left",)
    assert report.result()["changed"] is True


def test_a_verb_may_say_more_than_the_name_of_its_action() -> None:
    done: list[str] = []
    kind = dataclasses.replace(
        BOX,
        plan=lambda request: [request.step("connect web to", "as it was")],
        actions={"connect": lambda outside, step: done.append(step.key)},
    )
    run_with(kind, box("a"))

    assert done == ["connect web to box a"]
