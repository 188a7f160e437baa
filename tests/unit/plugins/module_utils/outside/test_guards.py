# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Guarded directories: nobody writes into them, and only empty ones are removed."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.outside import guards


def test_nobody_can_write_into_a_closed_directory(tmp_path: Path) -> None:
    place = tmp_path / "root" / "share"
    guards.close(str(place))
    guards.close(str(place))
    try:
        assert place.stat().st_mode & 0o777 == 0
        with pytest.raises(PermissionError):
            (place / "x").write_text("x")
    finally:
        guards.remove(str(place))
    assert not place.exists()


def test_what_holds_something_is_not_removed(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("x")

    assert guards.content(str(tmp_path)) == ["x"]
    with pytest.raises(OSError, match="not empty"):
        guards.remove(str(tmp_path))


def test_what_is_not_there_is_fine(tmp_path: Path) -> None:
    guards.remove(str(tmp_path / "gone"))

    assert guards.content(str(tmp_path / "gone")) == []
