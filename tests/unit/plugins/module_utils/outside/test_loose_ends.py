# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run takes from containers is known to the next one, until it has been given back."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.outside.loose_ends import LooseEnds


def test_what_was_taken_is_known_to_the_next_run_alone_of_its_network(tmp_path: Path) -> None:
    LooseEnds(str(tmp_path)).add("front", "c1", {"Aliases": ["db"]})
    LooseEnds(str(tmp_path)).add("back", "c2", {})

    assert LooseEnds(str(tmp_path)).of("front") == {"c1": {"Aliases": ["db"]}}
    assert LooseEnds(str(tmp_path)).of("other") == {}


def test_what_was_given_back_leaves_no_trace(tmp_path: Path) -> None:
    ends = LooseEnds(str(tmp_path))
    ends.add("front", "c1", {})
    ends.drop("front", "c1")
    ends.drop("front", "c1")

    assert list(tmp_path.iterdir()) == []


def test_only_the_account_itself_may_read_it(tmp_path: Path) -> None:
    LooseEnds(str(tmp_path)).add("front", "c1", {})

    assert (tmp_path / "endpoints.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("text", ["", "half a", "[]", "null"])
def test_a_file_that_cannot_be_read_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "endpoints.json").write_text(text)

    assert LooseEnds(str(tmp_path)).of("front") == {}
