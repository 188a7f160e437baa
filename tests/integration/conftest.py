# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A name of its own for every test's project, and nothing of it left on the engine."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import typing as t

import pytest

NUMBERS = itertools.count(1)
LABEL = "com.docker.compose.project"


def docker(*words: str) -> str:
    """What the real client prints."""
    return subprocess.run(
        ["docker", *words], capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.fixture
def project(request: pytest.FixtureRequest) -> t.Iterator[str]:
    """The name of a project that is gone after the test."""
    name = f"slipway-test-{next(NUMBERS)}"
    clean_up(name)
    yield name
    clean_up(name)


def clean_up(name: str) -> None:
    """Remove all that carries a project's label."""
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
def busybox(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[str]:
    """A small image with a shell, made of this machine's own busybox."""
    folder = tmp_path_factory.mktemp("busybox")
    shutil.copy("/bin/busybox", folder / "busybox")
    (folder / "Dockerfile").write_text(
        "FROM scratch\nCOPY busybox /bin/busybox\nCOPY busybox /bin/sh\n"
        'RUN ["/bin/busybox", "--install", "-s", "/bin"]\n'
        "RUN mkdir -p /etc /tmp && echo root:x:0:0:root:/:/bin/sh > /etc/passwd\nENV PATH=/bin\n"
    )
    name = "slipway-test-busybox"
    environment = {**os.environ, "DOCKER_BUILDKIT": "0"}
    subprocess.run(
        ["docker", "build", "-q", "-t", name, str(folder)],
        env=environment,
        check=True,
        capture_output=True,
    )
    yield name
    subprocess.run(["docker", "rmi", "-f", name], check=False, capture_output=True)
