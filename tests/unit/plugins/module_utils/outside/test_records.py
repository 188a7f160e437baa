# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that hold what was applied."""

from __future__ import annotations

import json
import os
import threading
import typing as t
from pathlib import Path

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import SlipwayError
from ansible_collections.slipway.docker.plugins.module_utils.outside.records import (
    KEY,
    RECORDS,
    Records,
    state_directory,
)


def test_what_is_remembered_is_there_in_the_next_run(tmp_path: Path) -> None:
    records = Records(str(tmp_path))
    records.remember("box", "1", {"color": "seal"})
    records.remember("box", "2", {})
    records.save()

    again = Records(str(tmp_path))
    assert again.recall("box", "1") == {"color": "seal"}
    assert again.recall("box", "2") == {}
    assert again.recall("box", "3") is None


def test_what_is_forgotten_is_gone_at_once_and_in_the_next_run(tmp_path: Path) -> None:
    records = Records(str(tmp_path))
    records.remember("box", "1", {"color": "seal"})
    records.save()
    records.forget("box", "1")
    records.forget("box", "never there")
    assert records.recall("box", "1") is None
    records.save()

    assert Records(str(tmp_path)).recall("box", "1") is None


def test_the_same_value_has_the_same_seal_in_every_run_and_on_no_other_host(tmp_path: Path) -> None:
    here, there = Records(str(tmp_path / "here")), Records(str(tmp_path / "there"))
    seal = here.seal({"a": 1})
    here.save()

    assert Records(str(tmp_path / "here")).seal({"a": 1}) == seal
    assert there.seal({"a": 1}) != seal


def test_nobody_else_can_read_what_is_kept(tmp_path: Path) -> None:
    records = Records(str(tmp_path / "new" / "state"))
    records.remember("box", "1", {"color": records.seal("red")})
    records.save()

    kept = tmp_path / "new" / "state"
    assert kept.stat().st_mode & 0o777 == 0o700
    assert [(kept / each).stat().st_mode & 0o777 for each in (KEY, RECORDS)] == [0o600, 0o600]
    assert "red" not in (kept / RECORDS).read_text()


def test_nothing_is_written_where_nothing_has_changed(tmp_path: Path) -> None:
    Records(str(tmp_path / "none")).save()
    assert not (tmp_path / "none").exists()

    records = Records(str(tmp_path))
    records.remember("box", "1", {"color": "seal"})
    records.save()
    before = (tmp_path / RECORDS).stat()
    records = Records(str(tmp_path))
    records.remember("box", "1", {"color": "seal"})
    records.forget("box", "2")
    records.save()

    assert (tmp_path / RECORDS).stat().st_ino == before.st_ino


@pytest.mark.parametrize("text", ["", "{", "[]", '{"box 1": 5}', "null"])
def test_a_file_that_is_damaged_holds_no_records(tmp_path: Path, text: str) -> None:
    (tmp_path / RECORDS).write_text(text)
    records = Records(str(tmp_path))

    assert records.recall("box", "1") is None
    records.remember("box", "1", {"color": "seal"})
    records.save()
    assert json.loads((tmp_path / RECORDS).read_text()) == {"box 1": {"color": "seal"}}


def test_runs_at_the_same_time_lose_none_of_each_others_records(tmp_path: Path) -> None:
    ready = threading.Barrier(8)

    def run(number: int) -> None:
        records = Records(str(tmp_path))
        ready.wait(30)
        records.remember("box", str(number), {"color": records.seal("red")})
        records.save()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    kept = Records(str(tmp_path))
    assert all(kept.recall("box", str(number)) for number in range(8))


def test_the_first_key_stays_where_two_runs_make_one(tmp_path: Path) -> None:
    first, second = Records(str(tmp_path)), Records(str(tmp_path))
    seal = first.seal("red")
    second.seal("red")
    first.save()
    second.save()

    assert Records(str(tmp_path)).seal("red") == seal


def test_records_that_can_not_be_written_are_an_error_that_says_where(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    records = Records(str(tmp_path / "other"))
    records.remember("box", "1", {"color": "seal"})
    records.directory = str(tmp_path / "file" / "below")

    with pytest.raises(SlipwayError) as error:
        records.save()
    assert str(error.value).startswith(
        "{0}: what was applied can't be written".format(records.directory)
    )


def test_state_lies_with_the_system_for_root_and_with_the_user_for_anyone_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def at(uid: int, **variables: str) -> t.Any:
        monkeypatch.setattr(os, "geteuid", lambda: uid)
        monkeypatch.delenv("XDG_STATE_HOME", raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return state_directory()

    assert at(0) == "/var/lib/slipway"
    assert at(1000, HOME="/home/u") == "/home/u/.local/state/slipway"
    assert at(1000, XDG_STATE_HOME="/s") == "/s/slipway"
