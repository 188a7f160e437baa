# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Comparing wanted with found, where a case of a whole run would not show it."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.codec import MAPPING, TEXT
from ansible_collections.slipway.docker.plugins.module_utils.core.diff import (
    Change,
    causes,
    compare,
    worst,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.field import (
    Codec,
    Effect,
    Field,
)

ANYTHING = Codec({"type": "raw"})


def phrases(
    field: Field, wanted: t.Any, found: t.Any, applied: t.Any = None, default: t.Any = None
) -> list[str]:
    """The changes of one field, as they print."""
    given = {} if wanted is None else {field.name: wanted}
    there = {} if found is None else {field.name: found}
    defaults = {} if default is None else {field.name: default}
    record = {} if applied is None else {field.name: repr(applied)}
    return [str(change) for change in compare((field,), given, there, record, defaults, repr)]


def test_members_are_told_by_their_path_however_deep_they_lie() -> None:
    networks = Field("networks", ANYTHING)

    assert phrases(
        networks,
        {"front": {"aliases": ["a"], "ip": None}, "back": None},
        {"front": {"aliases": ["b"]}},
    ) == [
        "networks.back added: None",
        "networks.front.aliases ['b'] -> ['a']",
        "networks.front.ip added: None",
    ]


def test_a_whole_mapping_that_comes_or_goes_is_told_at_once() -> None:
    labels = Field("labels", MAPPING)

    assert phrases(labels, {"a": "1"}, None) == ["labels added: {'a': '1'}"]
    assert phrases(labels, None, {"a": "1"}, applied={"a": "1"}) == ["labels removed"]


def test_a_difference_that_only_a_match_of_its_own_sees_is_told() -> None:
    never = dataclasses.replace(Field("labels", MAPPING), match=lambda expected, found: False)

    assert phrases(never, {"a": "1"}, {"a": "1"}) == ["labels changed"]


def test_keys_of_different_types_can_be_told_apart() -> None:
    assert phrases(Field("ports", ANYTHING), {80: "a", "80": "b"}, {80: "c"}) == [
        "ports.80 'c' -> 'a'",
        "ports.80 added: 'b'",
    ]


def test_the_default_of_this_very_resource_goes_before_the_default_of_its_kind() -> None:
    driver = Field("driver", TEXT, default="local")

    assert phrases(driver, None, "nfs", applied="nfs") == ["driver 'nfs' -> 'local'"]
    assert phrases(driver, None, "nfs", applied="nfs", default="zfs") == ["driver 'nfs' -> 'zfs'"]
    assert phrases(driver, "local", None) == []


def test_only_what_was_applied_and_is_wanted_still_can_drift() -> None:
    color = Field("color", TEXT)

    assert phrases(color, "red", "blue", applied="red") == ["color 'blue' -> 'red' (drift)"]
    assert phrases(color, "red", "blue", applied="green") == ["color 'blue' -> 'red'"]
    assert phrases(color, "red", "blue") == ["color 'blue' -> 'red'"]
    assert phrases(color, None, "blue", applied="red") == ["color removed"]


@pytest.mark.parametrize("wanted", [None, "other"])
def test_a_secret_shows_neither_value_nor_seal(wanted: str | None) -> None:
    told = phrases(Field("pin", TEXT, secret=True), wanted, "1234", applied="1234")

    assert told == ["pin removed" if wanted is None else "pin changed"]


def test_a_member_with_the_name_of_a_secret_is_hidden() -> None:
    told = phrases(
        Field("environment", MAPPING),
        {"DB_PASSWORD": "new", "A": "1"},
        {"DB_PASSWORD": "old", "A": "1"},
    )

    assert told == ["environment.DB_PASSWORD changed"]


def test_the_worst_effect_is_the_costliest_and_no_change_has_none() -> None:
    changes = [
        Change("a", None, "1", effect) for effect in (Effect.UPDATE, Effect.RECREATE, Effect.RELOAD)
    ]

    assert worst(changes) is Effect.RECREATE
    assert worst([]) is None
    assert causes(changes[:2]) == "a added: 1; a added: 1"
    assert causes([]) == ""
