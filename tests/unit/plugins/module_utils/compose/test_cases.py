# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each case is a file whose name is the behaviour: some texts, and what comes of them."""

from __future__ import annotations

import pathlib
import typing as t

import pytest
import yaml

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import ComposeError
from tests.unit.plugins.module_utils.compose.loading import loaded, plain

CASES = pathlib.Path(__file__).parent / "cases"


def cases(kind: str) -> list[t.Any]:
    """The cases of a kind, each under its name."""
    files = sorted((CASES / kind).glob("*.yml"))
    return [pytest.param(yaml.safe_load(file.read_text()), id=file.stem) for file in files]


@pytest.mark.parametrize("case", cases("loaded"))
def test_is_loaded(case: dict[str, t.Any]) -> None:
    project = loaded(case["files"], **case)
    found = {path: at(project, path) for path in case["expect"]}
    assert found == case["expect"]


@pytest.mark.parametrize("case", cases("refused"))
def test_is_refused(case: dict[str, t.Any]) -> None:
    with pytest.raises(ComposeError) as refusal:
        loaded(case["files"], **case)
    assert plain(str(refusal.value)) == case["error"]


def at(project: t.Any, path: str) -> t.Any:
    """The value at a dotted path of a project."""
    first, *rest = path.split(".")
    value = getattr(project, first)
    for part in rest:
        value = value[part]
    return [plain(one) for one in value] if first == "warnings" else value
