# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""This machine's engine, and how we know on it what is ours."""

from __future__ import annotations

import contextlib
import fcntl
import functools
import typing as t
from pathlib import Path

import docker
from docker.models.images import Image

CACHE = Path(__file__).resolve().parents[2] / ".cache" / "ground"
LABEL = "io.slipway.test"
PREFIX = "slipway-test-"
NETWORK = "slipway-test"


@contextlib.contextmanager
def alone(what: str) -> t.Iterator[None]:
    """While this lasts, no other process is at work on the same."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{what}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@functools.cache
def engine() -> docker.DockerClient:
    """A client of the engine; images are imported and built over it, so it is patient."""
    return docker.from_env(timeout=600)


def find_image(reference: str) -> Image | None:
    """An image, or None where there is none of that name."""
    try:
        return engine().images.get(reference)
    except docker.errors.ImageNotFound:
        return None


def import_tree(archive: Path, reference: str, changes: t.Sequence[str] = ()) -> Image:
    """Make an image out of a root file system."""
    repository, tag = reference.rsplit(":", 1)
    label = f"LABEL {LABEL}=image"
    engine().api.import_image_from_file(
        str(archive), repository=repository, tag=tag, changes=[label, *changes]
    )
    return engine().images.get(reference)


@contextlib.contextmanager
def network() -> t.Iterator[str]:
    """The name of the bridge network on which all test hosts stand; it stays while this lasts."""
    with alone("network"):
        if not engine().networks.list(names=[f"^{NETWORK}$"]):
            engine().networks.create(NETWORK, driver="bridge", labels={LABEL: "network"})
        yield NETWORK


def remove_network_if_unused() -> None:
    """Take the network away when nothing stands on it."""
    with alone("network"):
        for found in engine().networks.list(names=[f"^{NETWORK}$"], filters={"label": LABEL}):
            found.reload()
            if not found.containers:
                found.remove()
