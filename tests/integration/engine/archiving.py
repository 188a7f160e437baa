# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How an archive's engine is brought to test hosts, and told of."""

from __future__ import annotations

import socket
import subprocess
import typing as t
from pathlib import Path

from tests.ground.archives import Archive
from tests.ground.engine import PREFIX
from tests.integration.engine.conftest import Ground
from tests.integration.playing import Played


def install(ground: Ground, given: Archive, check: bool = False, **options: t.Any) -> Played:
    """Run the module with an archive of the controller, unless it is told another place."""
    place = options.pop("place", {"file": str(given.path)})
    chosen = {"source": "archive", "archive": {**place, "checksum": given.checksum}}
    return ground.engine(check, **{**chosen, **options})


def verbs(plan: t.Sequence[str]) -> list[str]:
    return [line.partition(" engine")[0] for line in plan]


def bring(ground: Ground, path: Path) -> str:
    """Copy a file to the host; returns its path there."""
    there = f"/root/{path.name}"
    subprocess.run(["docker", "cp", "-q", path, f"{PREFIX}{ground.host.name}:{there}"], check=True)
    return there


def reached(ground: Ground, web: str) -> str:
    """The address as the host reaches it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect((ground.host.address, 1))
        return f"http://{probe.getsockname()[0]}{web}"
