# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs that begin at the same moment, for one stack of one engine."""

from __future__ import annotations

import pathlib

from tests.faults.runs import at_once
from tests.faults.scenarios import ONE
from tests.faults.stacks import declare
from tests.faults.walking import left_to_do
from tests.faults.world import World


def test_one_of_two_does_the_work_and_the_other_finds_it_done(
    clean: None, tmp_path: pathlib.Path
) -> None:
    declared, world = declare(ONE, tmp_path / "one"), World(tmp_path / "placed")

    told = at_once([declared.arguments] * 2)

    assert [each.get("msg") for each in told] == [None, None]
    assert sorted(bool(each["plan"]) for each in told) == [False, True]
    assert left_to_do(declared, world) == []
