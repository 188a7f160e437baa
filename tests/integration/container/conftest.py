# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engines that the tests of containers run on."""

from __future__ import annotations

import fcntl
import os
import pathlib
import tempfile
import typing as t

import pytest

from tests.integration.container.ground import Ground

# More engines to run on, as URLs separated by spaces; the machine's own is always one.
HOSTS = ["unix:///var/run/docker.sock", *os.environ.get("SLIPWAY_TEST_ENGINES", "").split()]


@pytest.fixture(scope="session")
def turn() -> t.Iterator[None]:
    """Two runs at once on one machine would clear away each other's containers, so one waits."""
    with (pathlib.Path(tempfile.gettempdir()) / "slipway-test-containers.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session", params=HOSTS)
def engine(request: pytest.FixtureRequest, turn: None) -> t.Iterator[Ground]:
    """An engine with the image that all tests use."""
    ground = Ground(request.param)
    ground.clear()
    ground.image("base:1")
    yield ground
    ground.clear()
    for image in ground.outside.engine.get("/images/json"):
        for name in image.get("RepoTags") or ():
            if name.startswith("ctr-"):
                ground.outside.engine.delete("/images/{0}", name, force=True)


@pytest.fixture
def ground(engine: Ground) -> t.Iterator[Ground]:
    """The engine, with nothing of another test on it."""
    engine.clear()
    yield engine
    engine.clear()
