# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The images that the suite runs, the figures that it ends with, and nothing left behind."""

from __future__ import annotations

import shutil
import typing as t

import pytest

from tests.faults import figures
from tests.faults.scenarios import SHARE_1, SHARE_2
from tests.faults.stacks import PROJECT
from tests.images.build import build
from tests.integration.conftest import clean_up


@pytest.fixture(scope="session", autouse=True)
def images() -> None:
    """The images of all scenarios."""
    build(["busybox:1", "web:1", "web:2"])


@pytest.fixture
def clean(images: None) -> t.Iterator[None]:
    """An engine without a trace of the project, before and after."""
    clean_up(PROJECT)
    yield
    clean_up(PROJECT)
    for share in (SHARE_1, SHARE_2):
        shutil.rmtree(share, ignore_errors=True)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was tried, and that nothing was lost."""
    if figures.ALL or figures.SPECS or figures.SAID:
        terminalreporter.section("faults")
        for each in figures.ALL:
            terminalreporter.line(str(each))
        for said in figures.SAID:
            terminalreporter.line(said)
        if figures.SPECS:
            tried, seed = len(figures.SPECS), figures.SPECS[0]
            terminalreporter.line(f"{tried} random specs; SLIPWAY_SEED={seed} repeats them")
        terminalreporter.line(f"lost: {sum(each.lost for each in figures.ALL)}")
