# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input is refused before anything is touched, by one error that starts with the file and the path in it."""

from __future__ import annotations

import functools
import pathlib
import re
import tempfile

import pytest

from tests.integration.conftest import docker
from tests.integration.playing import Played, play

CASES = sorted(pathlib.Path(__file__).parent.glob("refused/*/compose.*"))


@functools.lru_cache(maxsize=None)
def played() -> tuple[Played, tuple[str, ...], tuple[str, ...]]:
    """All cases in one play, and what the engine held before and after it."""
    tasks = [
        {
            "slipway.docker.stack": {
                "files": [str(case)],
                "name": f"slipway-refused-{number}",
            },
            "ignore_errors": True,
        }
        for number, case in enumerate(CASES)
    ]
    before = holdings()
    with tempfile.TemporaryDirectory() as folder:
        return play(pathlib.Path(folder), tasks), before, holdings()


def holdings() -> tuple[str, ...]:
    """What the engine holds under the names of these cases."""
    listings = (
        ("ps", "-a", "--format", "{{.Names}}"),
        ("network", "ls", "--format", "{{.Name}}"),
        ("volume", "ls", "-q"),
    )
    lines = (line for listing in listings for line in docker(*listing).splitlines())
    return tuple(sorted(line for line in lines if "slipway-refused" in line))


@pytest.mark.parametrize("number", range(len(CASES)), ids=[case.parent.name for case in CASES])
def test_it_is_refused_by_an_error_that_says_where(number: int) -> None:
    result = played()[0].results[number]

    assert result["failed"]
    assert not result.get("changed")
    expected = (CASES[number].parent / "expected").read_text().strip()
    assert re.search(expected, result["msg"]), result["msg"]


def test_nothing_was_made() -> None:
    _played, before, after = played()

    assert after == before == ()
