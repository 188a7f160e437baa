# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The codecs that fields share: what they read, refuse, and show."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core import codec
from ansible_collections.slipway.docker.plugins.module_utils.core.codec import unless
from ansible_collections.slipway.docker.plugins.module_utils.core.field import Codec

READ: list[tuple[Codec, t.Any, t.Any]] = [
    (codec.TEXT, "a", "a"),
    (codec.TEXT, 1, "1"),
    (codec.TEXT, 1.5, "1.5"),
    (codec.TEXT, True, "true"),
    (codec.TEXT, False, "false"),
    (codec.INTEGER, 5, 5),
    (codec.INTEGER, "-5", -5),
    (codec.INTEGER, 5.0, 5),
    (codec.NUMBER, "0.5", 0.5),
    (codec.NUMBER, 2, 2.0),
    (codec.BOOLEAN, "YES", True),
    (codec.BOOLEAN, "off", False),
    (codec.BOOLEAN, 1, True),
    (codec.SIZE_BYTES, 512, 512),
    (codec.SIZE_BYTES, "512", 512),
    (codec.SIZE_BYTES, "1.5k", 1536),
    (codec.SIZE_BYTES, "64M", 64 << 20),
    (codec.SIZE_BYTES, "1GiB", 1 << 30),
    (codec.SIZE_BYTES, "2 gb", 2 << 30),
    (codec.SIZE_BYTES, "10b", 10),
    (codec.SIZE_BYTES, -1, -1),
    (codec.DURATION, "1m30s", 90 * 10**9),
    (codec.DURATION, "1.5h", 5400 * 10**9),
    (codec.DURATION, "2µs", 2000),
    (codec.DURATION, "2μs", 2000),
    (codec.DURATION, "5ns", 5),
    (codec.DURATION, 10, 10**10),
    (codec.DURATION, 0.5, 5 * 10**8),
    (codec.DURATION, "0", 0),
    (codec.DURATION, "1d", 86400 * 10**9),
    (codec.DURATION, "1w", 7 * 86400 * 10**9),
    (codec.LIST, "a", ["a"]),
    (codec.LIST, ["a", 1, True], ["a", "1", "true"]),
    (codec.LIST, (), []),
    (codec.MAPPING, {"a": 1, 2: None}, {"a": "1", "2": ""}),
    (codec.MAPPING, ["a=b=c", "d", "e="], {"a": "b=c", "d": "", "e": ""}),
]

REFUSED: list[tuple[Codec, t.Any, str]] = [
    (codec.TEXT, None, "text"),
    (codec.TEXT, ["a"], "text"),
    (codec.INTEGER, True, "a whole number"),
    (codec.INTEGER, 1.5, "a whole number"),
    (codec.INTEGER, "x", "a whole number"),
    (codec.INTEGER, None, "a whole number"),
    (codec.INTEGER, float("inf"), "a whole number"),
    (codec.NUMBER, False, "a number"),
    (codec.NUMBER, "x", "a number"),
    (codec.NUMBER, [], "a number"),
    (codec.NUMBER, ".nan", "a number"),
    (codec.NUMBER, float("nan"), "a number"),
    (codec.NUMBER, float("inf"), "a number"),
    (codec.BOOLEAN, "maybe", "true or false"),
    (codec.BOOLEAN, 2, "true or false"),
    (codec.SIZE_BYTES, "64q", "a size like 512m or 1.5g"),
    (codec.SIZE_BYTES, True, "a size like 512m or 1.5g"),
    (codec.SIZE_BYTES, "", "a size like 512m or 1.5g"),
    (codec.DURATION, "10", "a duration like 1m30s"),
    (codec.DURATION, "5 parsecs", "a duration like 1m30s"),
    (codec.DURATION, "", "a duration like 1m30s"),
    (codec.DURATION, True, "a duration like 1m30s"),
    (codec.DURATION, float("inf"), "a duration like 1m30s"),
    (codec.DURATION, float("nan"), "a duration like 1m30s"),
    (codec.DURATION, -5, "a duration like 1m30s"),
    (codec.DURATION, "1m-30s", "a duration like 1m30s"),
    (codec.LIST, {"a": 1}, "a list of texts"),
    (codec.LIST, [["a"]], "a list of texts"),
    (codec.MAPPING, "a=b", "a mapping of texts, or a list of NAME=value"),
    (codec.MAPPING, {"a": []}, "a mapping of texts, or a list of NAME=value"),
    (codec.MAPPING, [{"a": "b"}], "a mapping of texts, or a list of NAME=value"),
]


@pytest.mark.parametrize(("each", "written", "value"), READ)
def test_what_users_write_is_read(each: Codec, written: t.Any, value: t.Any) -> None:
    assert each.read(written) == value


@pytest.mark.parametrize(("each", "written", "accepted"), REFUSED)
def test_what_can_not_be_read_is_refused_with_what_is_accepted(
    each: Codec, written: t.Any, accepted: str
) -> None:
    with pytest.raises(ValueError) as error:
        each.read(written)
    assert str(error.value) == accepted


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (1, "1"),
        (1000, "1000"),
        (1024, "'1k'"),
        (3 << 30, "'3g'"),
        (-1, "-1"),
        ("?", "'?'"),
    ],
)
def test_a_size_is_shown_in_the_largest_unit_that_holds_it_whole(value: t.Any, shown: str) -> None:
    assert codec.show_size(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (90 * 10**9, "'1m30s'"),
        (5, "'5ns'"),
        (25 * 3600 * 10**9, "'25h'"),
        (0, "0"),
        ("?", "'?'"),
        (1_500_000, "'1ms500us'"),
    ],
)
def test_a_duration_is_shown_as_users_write_it(value: t.Any, shown: str) -> None:
    assert codec.show_duration(value) == shown


def test_the_engines_way_of_saying_not_set_is_read_as_nothing() -> None:
    assert unless(0, "")(0) is None
    assert unless(0, "")("") is None
    assert unless()(None) is None
    assert unless(0)(1) == 1
    assert codec.LIST.from_engine([]) is None
    assert codec.LIST.from_engine(("a",)) == ["a"]
    assert codec.MAPPING.from_engine({}) is None
    assert codec.MAPPING.from_engine({"a": "b"}) == {"a": "b"}
