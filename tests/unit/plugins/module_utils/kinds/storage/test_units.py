# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The unit of each driver, word for word; what it was made of is read back from it."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
import yaml

from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage import facts, units
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage.drivers import DRIVERS
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage.wanted import storages
from ansible_collections.slipway.docker.tests.unit.plugins.module_utils.kinds.storage.test_storage import (
    complete,
)

EXPECTED = Path(__file__).parent / "units"
DECLARED = yaml.safe_load((EXPECTED / "declared.yml").read_text())


def fields(driver: str) -> t.Mapping[str, t.Any]:
    (mounted, _volume) = storages({"storages": [complete(DECLARED[driver])]})
    return mounted.fields


@pytest.mark.parametrize("driver", sorted(DRIVERS))
def test_the_unit_of_a_driver(driver: str) -> None:
    declared = fields(driver)
    text = units.render("my-app", DRIVERS[driver], declared)

    assert text == (EXPECTED / (driver + ".unit")).read_text()
    assert units.parse(text) == {name: declared[name] for name in units.IN_UNIT}


@pytest.mark.parametrize("driver", sorted(DRIVERS))
def test_a_secret_stands_in_files_of_root_and_in_no_other(driver: str) -> None:
    files = units.wanted("my-app", fields(driver)).values()
    with_secret = [file for file in files if "s3cret" in (file.text or "")]

    assert all(file.mode == 0o600 for file in with_secret)
    assert all(file.path.startswith("/etc/slipway/storage/my-app/") for file in with_secret)
    assert bool(with_secret) is bool(DRIVERS[driver].secrets)


@pytest.mark.parametrize(
    ("path", "spelt"),
    [
        ("/srv/slipway/app", "srv-slipway-app"),
        ("/srv/slipway/app-data", "srv-slipway-app\\x2ddata"),
        ("/.a/b c", "\\x2ea-b\\x20c"),
    ],
)
def test_a_path_is_spelt_as_systemd_spells_it(path: str, spelt: str) -> None:
    assert facts.escape(path) == spelt


@pytest.mark.parametrize(
    "text", [None, "", "[Mount]\nWhat=x\n"], ids=["no file", "an empty file", "a foreign one"]
)
def test_a_unit_of_somebody_else_is_none_of_ours(text: str | None) -> None:
    assert units.parse(text) is None


@pytest.mark.parametrize("line", ["", "# storage: {", "# storage: []", '# storage: {"driver": 1}'])
def test_a_unit_whose_first_lines_were_edited_tells_nothing(line: str) -> None:
    assert units.parse(units.HEAD + line + "\n[Unit]\n") == {}
