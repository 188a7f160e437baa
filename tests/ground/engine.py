# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""This machine's engine, and how we know on it what is ours."""

from __future__ import annotations

import functools
import typing as t
from pathlib import Path

import docker
from docker.models.images import Image

CACHE = Path(__file__).resolve().parents[2] / ".cache" / "ground"
LABEL = "io.slipway.test"
PREFIX = "slipway-test-"
NETWORK = "slipway-test"


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


def ensure_network() -> str:
    """The bridge network on which all test hosts stand; returns its name."""
    if not engine().networks.list(names=[f"^{NETWORK}$"]):
        engine().networks.create(NETWORK, driver="bridge", labels={LABEL: "network"})
    return NETWORK


def remove_network_if_unused() -> None:
    """Take the network away when nothing stands on it."""
    for network in engine().networks.list(names=[f"^{NETWORK}$"], filters={"label": LABEL}):
        network.reload()
        if not network.containers:
            network.remove()
