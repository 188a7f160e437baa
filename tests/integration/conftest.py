# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A name of its own for every test's project, and nothing of it left on the engine."""

from __future__ import annotations

import itertools
import json
import pathlib
import subprocess
import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.outside.records import (
    Records,
    state_directory,
)
from tests.images.build import build

NUMBERS = itertools.count(1)
LABEL = "com.docker.compose.project"


def docker(*words: str) -> str:
    """What the real client prints."""
    return subprocess.run(
        ["docker", *words], capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.fixture
def project() -> t.Iterator[str]:
    """The name of a project that is gone after the test."""
    yield from _project()


@pytest.fixture
def project_beside() -> t.Iterator[str]:
    """The name of another one."""
    yield from _project()


def _project() -> t.Iterator[str]:
    name = f"slipway-test-{next(NUMBERS)}"
    clean_up(name)
    yield name
    clean_up(name)


def forget(prefix: str) -> None:
    """What a test made is known no more, or its absence would be drift to the next one."""
    records = Records(state_directory())
    path = pathlib.Path(records.directory) / "applied.json"
    for entry in json.loads(path.read_text()) if path.exists() else ():
        kind, _space, name = entry.rpartition(" ")
        if kind.startswith("last ") and name.startswith(prefix):
            records.forget(kind, name)
    records.save()


def clean_up(name: str) -> None:
    """Remove all that carries a project's label, and what is known of it."""
    forget(name)
    chosen = ("--filter", f"label={LABEL}={name}", "-q")
    for listing, removal in (
        (("ps", "-a"), ("rm", "-f", "-v")),
        (("network", "ls"), ("network", "rm")),
        (("volume", "ls"), ("volume", "rm", "-f")),
    ):
        found = docker(*listing, *chosen).split()
        if found:
            docker(*removal, *found)


@pytest.fixture(scope="session")
def busybox() -> str:
    """A small image with a shell."""
    return build(["busybox:1"])[0]
