# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Subordinate ids: numbers that nobody else has."""

from __future__ import annotations

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless import subids
from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless.subids import Range

ADA = ("ada", "1001")


@pytest.mark.parametrize(
    ("taken", "expected"),
    [
        ("", "100000-165535"),
        ("bob:100000:65536\n", "165536-231071"),
        ("bob:165536:65536\n", "100000-165535"),
        ("bob:100001:65536\n", "165537-231072"),
        ("bob:231072:65536\neve:100000:65536\n", "165536-231071"),
        ("bob:100000:200000\neve:120000:10\n", "300000-365535"),
        ("bob:1:10\n", "100000-165535"),
        ("bob:100000:599934466\n", ""),
    ],
)
def test_the_first_numbers_that_are_free(taken: str, expected: str) -> None:
    assert subids.free(subids.parse(taken.encode())) == expected


def test_what_is_no_range_is_left_alone() -> None:
    text = b"# a comment\n\nada:100000:65536\nbob:1:x\nbroken\n"

    assert subids.parse(text) == (Range("ada", 100000, 65536),)
    assert subids.parse(None) == ()


def test_a_file_keeps_all_but_what_is_taken_out() -> None:
    text = b"# ours\nada:100000:65536\nada:200000:65536\nbob:100000:65536"

    left = subids.without(text, [subids.range_of("100000-165535", "ada")])

    assert left == b"# ours\nada:200000:65536\nbob:100000:65536"


def test_several_ranges_count_together_by_name_and_by_number() -> None:
    halves = subids.parse(b"ada:100000:32768\n1001:200000:32768\nbob:300000:65536\n")

    assert subids.has_enough(halves, ADA)
    assert not subids.has_enough(halves[:1], ADA)


def test_numbers_of_before_are_taken_again_unless_somebody_has_them_now() -> None:
    before = ("100000-165535",)

    assert subids.still_free(before, (Range("ada", 100000, 65536),), ADA) == before[0]
    assert subids.still_free(before, (Range("bob", 165535, 1),), ADA) == ""
    assert subids.still_free((), (), ADA) == ""
