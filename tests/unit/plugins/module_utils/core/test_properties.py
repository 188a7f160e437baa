# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for every plan, world and value, not only for those that somebody thought of."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
import threading
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ansible_collections.slipway.docker.plugins.module_utils.core import codec
from ansible_collections.slipway.docker.plugins.module_utils.core.apply import (
    DONE,
    FAILED,
    SKIPPED,
    UNDONE,
    apply,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.field import Codec
from ansible_collections.slipway.docker.plugins.module_utils.core.hide import hide, scrub
from ansible_collections.slipway.docker.plugins.module_utils.core.order import arrange
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Plan, Step
from ansible_collections.slipway.docker.plugins.module_utils.core.record import (
    digest,
    from_label,
    to_label,
)
from ansible_collections.slipway.docker.tests.unit.plugins.module_utils.core.needs import (
    prerequisites,
)
from ansible_collections.slipway.docker.tests.unit.plugins.module_utils.core.world import (
    Memory,
    World,
    box,
    run,
)

NAMES = some.sampled_from(["chest", "trunk", "crate", "tin"])
WORDS = some.text("abc", min_size=1, max_size=2)
BOXES = some.fixed_dictionaries(
    {},
    optional={
        "color": some.sampled_from(["red", "grey", "blue"]),
        "size": some.integers(0, 4096),
        "lid": some.booleans(),
        "tags": some.dictionaries(WORDS, WORDS, max_size=3),
        "parts": some.lists(WORDS, max_size=3),
        "pin": WORDS,
        "contents": WORDS,
        "state": some.sampled_from(["present", "present", "absent"]),
    },
)
HAND_MADE = some.fixed_dictionaries(
    {},
    optional={
        "Look": some.fixed_dictionaries({"Color": some.sampled_from(["red", "green"])}),
        "Size": some.integers(0, 4096),
        "Lid": some.booleans(),
        "Tags": some.dictionaries(WORDS, WORDS, max_size=2),
        "Parts": some.lists(WORDS, max_size=2),
    },
)
PLAYBOOKS = some.dictionaries(NAMES, BOXES, max_size=4)
HOSTS = some.dictionaries(NAMES, HAND_MADE, max_size=4)
VALUES = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text(),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(), inner, max_size=3),
    max_leaves=8,
)


def host(boxes: t.Mapping[str, t.Any]) -> World:
    world = World()
    for name, body in boxes.items():
        world.make(name, body)
    return world


def wanted(playbook: t.Mapping[str, t.Any]) -> list[t.Any]:
    return [box(name, **fields) for name, fields in playbook.items()]


@some.composite
def plans(draw: t.Any) -> list[Step]:
    """Steps with needs that make no circle: each needs only what stands before it."""
    kinds = sorted(draw(some.lists(some.integers(0, 3), min_size=1, max_size=12)))
    steps: list[Step] = []
    for number, kind in enumerate(kinds):
        lower = [step for step in steps if step.kind < str(kind)]
        answers = [
            *(step.key for step in steps),
            *(step.identity for step in lower),
            *(step.kind for step in lower),
            "nothing of this plan",
        ]
        needs = tuple(draw(some.lists(some.sampled_from(answers), max_size=3)))
        undo = draw(some.sampled_from(["", "undo"]))
        name = draw(some.sampled_from("abc"))
        steps.append(Step("do{0}".format(number), str(kind), name, "because", None, needs, undo))
    return list(draw(some.permutations(steps)))


@given(HOSTS, some.lists(PLAYBOOKS, min_size=1, max_size=3), some.booleans())
def test_applying_a_plan_leaves_nothing_to_plan(
    boxes: t.Any, playbooks: t.Any, forgetful: bool
) -> None:
    world, memory = host(boxes), Memory()
    for playbook in playbooks:
        run(world, *wanted(playbook), memory=memory)
        if forgetful:
            memory.entries.clear()
        again = run(world, *wanted(playbook), memory=memory).result()

        assert again["plan"] == []
        assert again["changed"] is False
        assert again["diff"] == []


@given(HOSTS, PLAYBOOKS, PLAYBOOKS)
def test_the_plan_of_check_mode_is_the_plan_of_the_run(
    boxes: t.Any, first: t.Any, then: t.Any
) -> None:
    world, memory = host(boxes), Memory()
    run(world, *wanted(first), memory=memory)
    before, records = dict(world.boxes), dict(memory.entries)

    checked = run(world, *wanted(then), memory=memory, check_mode=True)
    assert (world.boxes, memory.entries) == (before, records)

    done = run(world, *wanted(then), memory=memory)
    assert checked.plan == done.plan
    assert checked.result() == done.result()


@given(HOSTS, PLAYBOOKS)
def test_what_is_found_as_wanted_is_what_was_wanted(boxes: t.Any, playbook: t.Any) -> None:
    world = host(boxes)
    run(world, *wanted(playbook))

    for name, fields in playbook.items():
        if fields.get("state") == "absent":
            assert name not in world.boxes
        else:
            made = world.boxes[name]
            assert made["Look"]["Color"] == fields.get("color", made["Look"]["Color"])
            assert made.get("Size", 0) == fields.get("size", made.get("Size", 0))
            assert {**made["Tags"], **fields.get("tags", {})} == made["Tags"]


@given(HOSTS, PLAYBOOKS, some.data())
def test_a_step_that_fails_is_put_back_and_leaves_its_box_as_it_was(
    boxes: t.Any, playbook: t.Any, data: t.Any
) -> None:
    world = host(boxes)
    planned = run(world, *wanted(playbook), check_mode=True).plan.steps
    if not planned:
        return
    broken = data.draw(some.sampled_from(planned))
    before = world.contents
    world.faults[broken.key] = ValueError("no")

    report = run(world, *wanted(playbook))

    assert report.failed
    assert world.contents.get(broken.name) == before.get(broken.name)
    for name in {outcome.step.name for outcome in report.outcomes if outcome.status == SKIPPED}:
        assert world.contents.get(name) == before.get(name)


@given(HOSTS, PLAYBOOKS, some.data())
def test_after_a_failure_the_next_run_finishes_the_work(
    boxes: t.Any, playbook: t.Any, data: t.Any
) -> None:
    world, untroubled, memory = host(boxes), host(boxes), Memory()
    run(untroubled, *wanted(playbook))
    planned = run(world, *wanted(playbook), check_mode=True).plan.steps
    if planned:
        world.faults[data.draw(some.sampled_from(planned)).key] = ValueError("no")
        run(world, *wanted(playbook), memory=memory)
        world.faults.clear()

    run(world, *wanted(playbook), memory=memory)

    assert world.contents == untroubled.contents
    assert run(world, *wanted(playbook), memory=memory).result()["plan"] == []


@given(plans())
def test_order_never_breaks_a_need(steps: list[Step]) -> None:
    arranged = arrange(steps)
    place = {step.key: number for number, step in enumerate(arranged)}

    assert sorted(place) == sorted(step.key for step in steps)
    for key, needed in prerequisites(steps).items():
        assert all(place[other] < place[key] for other in needed)


@given(plans(), some.integers(1, 4))
def test_no_step_begins_before_what_it_needs_has_ended(steps: list[Step], workers: int) -> None:
    lock, events = threading.Lock(), []

    def act(step: Step, verb: str) -> None:
        with lock:
            events.append(("begin", step.key))
        with lock:
            events.append(("end", step.key))

    apply(Plan(arrange(steps)), act, workers)

    when = {event: number for number, event in enumerate(events)}
    for key, needed in prerequisites(steps).items():
        assert all(when["end", other] < when["begin", key] for other in needed)


@given(plans(), some.data())
def test_every_step_has_one_outcome_and_what_follows_a_failure_is_not_begun(
    steps: list[Step], data: t.Any
) -> None:
    broken = data.draw(some.sampled_from(steps)).key
    called: list[tuple[str, str]] = []

    def act(step: Step, verb: str) -> None:
        called.append((step.key, verb))
        if step.key == broken and verb == step.verb:
            raise ValueError("no")

    outcomes = apply(Plan(arrange(steps)), act)

    status = {outcome.step.key: outcome.status for outcome in outcomes}
    begun = {key for key, verb in called if verb != "undo"}
    assert len(outcomes) == len(steps)
    assert [key for key, each in status.items() if each == FAILED] == [broken]
    for key, needed in prerequisites(steps).items():
        if broken in needed:
            assert status[key] == SKIPPED
            assert key not in begun
    undone = {key for key, verb in called if verb == "undo"}
    assert {key for key, each in status.items() if each == UNDONE} == undone - {broken}
    assert begun == {key for key, each in status.items() if each in (DONE, UNDONE, FAILED)}


CODECS: list[tuple[Codec, some.SearchStrategy[t.Any]]] = [
    (codec.TEXT, some.text()),
    (codec.INTEGER, some.integers()),
    (codec.SIGNED, some.integers()),
    (codec.NUMBER, some.floats(allow_nan=False, allow_infinity=False)),
    (codec.BOOLEAN, some.booleans()),
    (codec.SIZE_BYTES, some.integers(-1, 1 << 60)),
    (codec.DURATION, some.integers(0, 10**18)),
    (codec.LIST, some.lists(some.text())),
    (codec.MAPPING, some.dictionaries(some.text(), some.text())),
]


@pytest.mark.parametrize(
    ("each", "values"), CODECS, ids=[each.read.__name__ for each, _values in CODECS]
)
def test_a_codec_reads_what_it_shows_and_what_the_engine_gives_back(
    each: Codec, values: some.SearchStrategy[t.Any]
) -> None:
    @given(values)
    def holds(value: t.Any) -> None:
        assert each.read(ast.literal_eval(each.show(value))) == value
        assert each.from_engine(each.to_engine(value)) in (value, None)

    holds()


@given(VALUES)
def test_hiding_changes_no_value_without_a_secret_in_kind_or_number(value: t.Any) -> None:
    hidden = hide(value)
    assert type(hidden) is type(value) or isinstance(value, tuple)
    if isinstance(value, (list, dict)):
        assert len(hidden) == len(value)
    assert hide(hidden) == hidden


SECRETS = some.text("abcXYZ0189!%+_~", min_size=4, max_size=12).map(lambda text: "s3" + text)


@given(SECRETS)
def test_no_secret_gets_through(secret: str) -> None:
    values = [
        {"DB_PASSWORD": secret},
        {"nested": [{"api_key": secret}]},
        ["--password", secret],
        "username=u,password={0},vers=3".format(secret),
        "https://u:{0}@host/x".format(secret),
        "redis://:{0}@cache".format(secret),
        "https://{0}@github.com/x".format(secret),
        '{{"auth_token": "{0}"}}'.format(secret),
        "--token={0}".format(secret),
    ]
    for value in values:
        assert secret not in repr(hide(value))
        assert secret not in scrub(repr(value)) or not isinstance(value, str)


@given(VALUES, some.binary(min_size=1, max_size=8))
def test_a_seal_tells_equal_values_and_nothing_else(value: t.Any, key: bytes) -> None:
    assert digest(key, value) == digest(key, value)
    assert digest(key, value) != digest(key + b"x", value)
    assert digest(key, value) != digest(key, [value])
    assert len(digest(key, value)) == 12


@given(some.dictionaries(some.text(), some.text()))
def test_a_seal_does_not_depend_on_the_order_of_a_mapping(mapping: dict[str, str]) -> None:
    assert digest(b"key", mapping) == digest(b"key", dict(reversed(mapping.items())))


@given(some.dictionaries(some.text(), some.text()))
def test_a_record_comes_back_from_its_label(entries: dict[str, str]) -> None:
    assert from_label(to_label(entries)) == entries


def test_a_seal_is_the_same_in_every_process() -> None:
    value = {"b": ["x", 1], "a": {"y": None, "z": 1.5}}
    program = "from {0} import digest; print(digest(b'key', {1!r}))"
    seals = {
        subprocess.run(
            [sys.executable, "-c", program.format(digest.__module__, value)],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
        ).stdout.strip()
        for seed in ("1", "2")
    }

    assert seals == {digest(b"key", value)}
