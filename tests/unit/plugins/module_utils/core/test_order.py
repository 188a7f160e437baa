# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The order of steps."""

from __future__ import annotations

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.core.field import Effect
from ansible_collections.slipway.docker.plugins.module_utils.core.order import arrange
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step


def step(key: str, *needs: str, effect: Effect | None = None) -> Step:
    """A step as it prints: ``create box a``."""
    verb, kind, name = key.rsplit(" ", 2)
    return Step(verb, kind, name, "because", effect, needs)


def keys(*steps: Step) -> list[str]:
    return [each.key for each in arrange(steps)]


def test_steps_that_need_nothing_stay_as_they_came() -> None:
    assert keys(step("create box b"), step("create box a")) == ["create box b", "create box a"]


def test_a_needed_step_comes_first_and_nothing_else_moves() -> None:
    steps = (
        step("create box a", "start box c"),
        step("create box b"),
        step("create box c"),
        step("start box c", "create box c"),
    )

    assert keys(*steps) == ["create box b", "create box c", "start box c", "create box a"]


def test_a_need_of_a_resource_is_met_by_all_its_steps() -> None:
    steps = (step("start box a", "net n"), step("create net n"), step("fill net n"))

    assert keys(*steps) == ["create net n", "fill net n", "start box a"]


def test_a_step_may_need_a_kind_and_each_of_its_steps_as_well() -> None:
    steps = (
        step("create box a", "net", "create net n", "net m", "create net m", "net n"),
        step("create net m"),
        step("create net n"),
        step("fill net n"),
    )

    assert keys(*steps) == ["create net m", "create net n", "fill net n", "create box a"]


def test_a_step_may_need_all_other_steps_of_its_own_kind() -> None:
    steps = (step("close box a", "box"), step("create box a"), step("create box b"))

    assert keys(*steps) == ["create box a", "create box b", "close box a"]


def test_a_circle_through_a_whole_kind_is_told_by_its_steps() -> None:
    steps = (step("create box a", "net"), step("create net m"), step("create net n", "box a"))

    with pytest.raises(InputError, match="circle: create box a -> create net n -> create box a;"):
        arrange(steps)


def test_a_need_of_a_kind_is_met_by_all_steps_of_all_its_resources() -> None:
    steps = (step("remove net n", "box"), step("remove box a"), step("remove box b"))

    assert keys(*steps) == ["remove box a", "remove box b", "remove net n"]


def test_a_need_that_no_step_answers_is_met_already() -> None:
    assert keys(step("create box a", "image web:1")) == ["create box a"]


def test_a_step_does_not_wait_for_itself() -> None:
    assert keys(step("create box a", "box", "box a", "create box a")) == ["create box a"]


def test_steps_that_print_alike_are_one_which_needs_what_any_of_them_needs() -> None:
    steps = (
        step("await box a"),
        step("await box a", "start box a", effect=Effect.UPDATE),
        step("start box a"),
        step("await box a", "fill box a", effect=Effect.RELOAD),
        step("fill box a"),
    )

    arranged = arrange(steps)

    assert [each.key for each in arranged] == ["start box a", "fill box a", "await box a"]
    assert arranged[-1].needs == ("start box a", "fill box a")
    assert arranged[-1].effect is Effect.UPDATE


def test_a_circle_is_an_error_that_names_it_and_only_it() -> None:
    steps = (
        step("create box a", "create box b"),
        step("create box b", "create box c"),
        step("create box c", "create box b"),
        step("create box d", "create box a"),
    )

    with pytest.raises(InputError) as error:
        arrange(steps)

    assert str(error.value) == (
        "plan: a circle: create box b -> create box c -> create box b; break one of these needs"
    )
