# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Compose loader must give the reference's answers: never fewer of them than it gave before."""

from __future__ import annotations

import typing as t

import pytest

from tests.oracles.run import GOOD, folder_of_oracles, results, table_of

# What is right in each file, of how many rows, in the folder that the loader grew up with.
REACHED = {
    "load.jsonl": (303, 308),
    "phases/canonical.jsonl": (2, 2),
    "phases/defaults.jsonl": (1, 5),
    "phases/dotenv.jsonl": (75, 75),
    "phases/load.jsonl": (350, 361),
    "phases/merge.jsonl": (47, 47),
    "phases/normalize.jsonl": (7, 7),
    "phases/port.jsonl": (8, 8),
    "phases/schema.jsonl": (9, 9),
    "phases/substitute.jsonl": (87, 90),
    "phases/unicity.jsonl": (51, 51),
    "phases/validate.jsonl": (2, 2),
    "phases/volume.jsonl": (55, 55),
    "full-example": (1, 1),
}
SHARE = 0.98


def least(file: str, rows: int) -> float:
    """How many rows of a file must be right: what was reached there, or a share of unknown rows."""
    right, known = REACHED.get(file, (0, 0))
    return right if rows == known else SHARE * rows


def test_the_loader_gives_the_reference_s_answers(capsys: pytest.CaptureFixture[str]) -> None:
    folder = folder_of_oracles()
    found = results(folder) if folder.is_dir() else {}
    with capsys.disabled():
        print("\n" + (table_of(found) if found else "no oracles at {0}".format(folder)))
    short: dict[str, t.Any] = {}
    for file, rows in found.items():
        right = [row for row in rows if row.verdict in GOOD and row.verdict != "excused"]
        if len(right) < least(file, len(rows)):
            short[file] = [row.name for row in rows if row.verdict not in GOOD]
    assert not short


def test_at_most_five_whole_files_are_excused() -> None:
    folder = folder_of_oracles()
    rows = results(folder).get("load.jsonl", []) if folder.is_dir() else []
    assert len([row for row in rows if row.verdict == "excused"]) <= 5
