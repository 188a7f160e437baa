# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A field: its way to the engine and back, and the ways of comparing and merging."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.codec import INTEGER, TEXT
from ansible_collections.slipway.docker.plugins.module_utils.core.field import (
    Effect,
    Field,
    Match,
    as_set,
    dig,
    exact,
    from_engine,
    joined,
    overlaid,
    replaced,
    to_engine,
    write_only,
)

FIELDS = (
    Field("image", TEXT, ("Image",)),
    Field("memory", INTEGER, ("HostConfig", "Memory")),
    Field("cpus", INTEGER, ("HostConfig", "Cpus")),
    Field("pull", TEXT),
)


@pytest.mark.parametrize(
    ("match", "expected", "found", "agrees"),
    [
        (exact, 1, 1, True),
        (exact, 1, 2, False),
        (exact, ["a", "b"], ["b", "a"], False),
        (exact, None, {}, True),
        (exact, [], "", True),
        (exact, 0, None, False),
        (exact, None, "a", False),
        (as_set, ["a", "b", "b"], ["b", "a"], True),
        (as_set, None, [], True),
        (as_set, ["a"], None, False),
        (as_set, [{"a": 1}], [{"a": 1}], True),
        (as_set, [1], ["1"], False),
        (write_only, 1, 2, True),
        (write_only, None, "x", True),
    ],
)
def test_ways_of_comparing(match: Match, expected: t.Any, found: t.Any, agrees: bool) -> None:
    assert match(expected, found) is agrees


def test_ways_of_meeting_a_default() -> None:
    assert replaced("a", "b") == "b"
    assert overlaid({"a": 1, "b": 2}, {"b": 3}) == {"a": 1, "b": 3}
    assert overlaid(None, None) == {}
    assert joined(["a"], ["b", "a"]) == ["a", "b"]
    assert joined(None, None) == []


def test_effects_are_ordered_by_what_they_cost_and_print_as_users_write_them() -> None:
    assert [str(effect) for effect in sorted(Effect)] == [
        "reload",
        "update",
        "reconnect",
        "restart",
        "recreate",
        "destroy",
    ]


def test_the_engine_is_told_what_is_set_and_nothing_else() -> None:
    body = to_engine(FIELDS, {"image": "web", "memory": 5, "cpus": None, "pull": "always"})

    assert body == {"Image": "web", "HostConfig": {"Memory": 5}}


def test_two_fields_may_share_a_place() -> None:
    assert to_engine(FIELDS, {"memory": 1, "cpus": 2}) == {"HostConfig": {"Memory": 1, "Cpus": 2}}


def test_the_engine_is_read_back_without_what_it_leaves_open() -> None:
    assert from_engine(FIELDS, {"Image": "web", "HostConfig": {"Memory": 0, "Cpus": 3}}) == {
        "image": "web",
        "cpus": 3,
    }


@pytest.mark.parametrize(
    "data", [{}, {"HostConfig": None}, {"HostConfig": "?"}, {"HostConfig": {}}]
)
def test_what_is_not_there_is_nothing(data: t.Any) -> None:
    assert dig(data, ("HostConfig", "Memory")) is None
