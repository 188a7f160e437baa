# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is refused of a declaration alone: each row is a mistake, and what its author is told."""

from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
import yaml

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage.wanted import storages
from ansible_collections.slipway.docker.tests.unit.plugins.module_utils.kinds.storage.test_storage import (
    complete,
)

ROWS = yaml.safe_load((Path(__file__).parent / "mistakes.yml").read_text())


@pytest.mark.parametrize("row", ROWS, ids=[row["mistake"] for row in ROWS])
def test_a_mistake_is_told_by_name(row: t.Mapping[str, t.Any]) -> None:
    with pytest.raises(InputError) as caught:
        storages({"storages": [complete(row["storage"])]})

    for part in row["told"]:
        assert part in str(caught.value)


def test_the_engine_of_another_host_is_refused() -> None:
    with pytest.raises(InputError, match="of no use to another's engine"):
        storages({"storages": [], "docker_host": "tcp://elsewhere:2376"})
