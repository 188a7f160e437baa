# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records, errors, resources and the reading of options."""

from __future__ import annotations

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import (
    ComposeError,
    EngineError,
    InputError,
    Refused,
    SlipwayError,
    StepError,
    Unreachable,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.kind import accept, read
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import (
    Plan,
    Request,
    Step,
    chain,
    plan_whole,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.record import (
    from_label,
    record,
    to_label,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import (
    Found,
    Resource,
    look_up,
)
from ansible_collections.slipway.docker.tests.unit.plugins.module_utils.core.world import (
    BOX,
    FIELDS,
)


@pytest.mark.parametrize("text", [None, "", "{", "[]", "5", "null"])
def test_a_label_that_is_no_record_is_no_record(text: str | None) -> None:
    assert from_label(text) == {}


def test_a_record_holds_what_is_declared_and_no_value_of_it() -> None:
    assert record(
        FIELDS, {"color": "red", "size": 0, "lid": None, "other": 1}, lambda value: "seal"
    ) == {
        "color": "seal",
        "size": "seal",
    }
    assert to_label({"b": "2", "a": "1"}) == '{"a":"1","b":"2"}'


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (SlipwayError("box a", "it is lost", "type: find"), "box a: it is lost; type: find"),
        (SlipwayError("", "it is lost"), "it is lost"),
        (EngineError("POST /x", "no", status=409), "POST /x: no"),
        (
            StepError("box a", "died", evidence={"log": ["1", "2"], "empty": []}),
            "box a: died\nlog:\n  1\n  2",
        ),
        (StepError("box a", "died"), "box a: died"),
    ],
)
def test_an_error_says_where_what_and_what_to_do_next(error: SlipwayError, text: str) -> None:
    assert str(error) == text


def test_the_tree_of_errors_is_the_one_that_its_file_draws() -> None:
    assert issubclass(ComposeError, InputError)
    for each in (InputError, Refused, Unreachable, EngineError, StepError):
        assert each.__mro__[1] is SlipwayError
    assert EngineError("", "no", status=404).status == 404


def test_what_an_option_accepts_is_told_where_it_is_wrong() -> None:
    with pytest.raises(InputError) as error:
        read(BOX, "box a", {"size": "big"})
    assert str(error.value) == "box a.size: found 'big'; accepted is a size like 512m or 1.5g"


@pytest.mark.parametrize(
    "declared",
    [
        {"tags": "DB_PASSWORD=hunter2"},
        {"tags": {"db_password": ["hunter2"]}},
        {"pin": ["hunter2"]},
    ],
)
def test_an_option_that_is_wrong_is_told_without_the_secret_in_it(
    declared: dict[str, object],
) -> None:
    with pytest.raises(InputError) as error:
        read(BOX, "box a", declared)
    assert "hunter2" not in str(error.value)


def test_options_that_are_not_set_are_not_wanted() -> None:
    assert read(BOX, "box a", {"size": None, "color": "red", "other": 1}) == {"color": "red"}
    accept(Resource("box", "a"))


def test_resources_are_spoken_of_by_kind_and_name() -> None:
    found = Found("box", "a")
    assert (Resource("box", "a").identity, found.identity) == ("box a", "box a")
    assert look_up({"box": {"a": found}}, "box", "a") is found
    assert look_up({"box": {}}, "box", "a") is None
    assert look_up({}, "box", "a") is None


def test_a_step_needs_what_its_resource_needs_and_prints_as_its_key_and_cause() -> None:
    request = Request(Resource("box", "a", needs=("net n",)), cause="because")
    step = request.step("fill", needs=("box b",), undo="empty", payload={"parcels": ("d",)})

    assert step == Step(
        "fill",
        "box",
        "a",
        "because",
        needs=("net n", "box b"),
        undo="empty",
        payload={"parcels": ("d",)},
    )
    assert str(step) == "fill box a: because"
    assert str(request.step("fill", "it is empty")) == "fill box a: it is empty"
    assert str(Request(Resource("box", "a")).step("make")) == "make box a: not found"
    assert Plan((step,)).parcels == {"d"}
    assert Plan().parcels == frozenset()


def test_a_chain_of_steps_is_done_one_after_the_other() -> None:
    first, second, third = chain(
        Step(verb, "box", "a", "because", needs=("net",)) for verb in "xyz"
    )

    assert (first.needs, second.needs, third.needs) == (
        ("net",),
        ("net", "x box a"),
        ("net", "y box a"),
    )
    assert chain([]) == []


def test_a_kind_that_is_only_made_and_removed_is_made_anew_for_a_change() -> None:
    from ansible_collections.slipway.docker.plugins.module_utils.core.diff import Change
    from ansible_collections.slipway.docker.plugins.module_utils.core.field import Effect

    wanted, found = Resource("box", "a"), Found("box", "a")
    gone = Resource("box", "a", "absent")
    change = Change("color", "'a'", "'b'", Effect.DESTROY)

    def keys(request: Request) -> list[str]:
        return [str(step) for step in plan_whole(request, {})]

    assert keys(Request(wanted)) == ["create box a: not found"]
    assert keys(Request(wanted, found)) == []
    assert keys(Request(gone)) == []
    assert keys(Request(gone, found, cause="state: absent")) == ["remove box a: state: absent"]
    assert keys(Request(wanted, found, (change,))) == [
        "remove box a: color 'a' -> 'b'",
        "create box a: color 'a' -> 'b'",
    ]
    assert {step.effect for step in plan_whole(Request(wanted, found, (change,)), {})} == {
        Effect.DESTROY
    }
