# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A field that the engine doesn't tell is compared by its seal, and shows nothing."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.codec import TEXT
from ansible_collections.slipway.docker.plugins.module_utils.core.diff import compare
from ansible_collections.slipway.docker.plugins.module_utils.core.field import Field

FIELDS = (Field("plain", TEXT, sealed=True), Field("args", TEXT, sealed=True, secret=True))


@pytest.mark.parametrize(
    ("wanted", "applied", "phrases"),
    [
        ({}, {}, []),
        ({"plain": "a"}, {"plain": "sealed a"}, []),
        ({"plain": "b"}, {"plain": "sealed a"}, ["plain changed"]),
        ({"plain": "b"}, {}, ["plain added: 'b'"]),
        ({"args": "b"}, {}, ["args added: (hidden)"]),
        ({}, {"args": "sealed a"}, ["args removed"]),
    ],
)
def test_a_sealed_field(
    wanted: dict[str, str], applied: dict[str, str], phrases: list[str]
) -> None:
    def seal(value: t.Any) -> str:
        return f"sealed {value}"

    assert [change.phrase for change in compare(FIELDS, wanted, {}, applied, {}, seal)] == phrases
