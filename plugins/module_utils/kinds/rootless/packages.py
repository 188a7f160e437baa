# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user's engine needs beside the engine itself, by the source that the engine comes from."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True)
class Extras:
    """Packages, and the program by which they start an engine without root."""

    packages: tuple[str, ...]
    script: str


# The storage driver for kernels whose overlay a user may not mount, and a service manager's bus.
AROUND = ("slirp4netns", "uidmap", "dbus-user-session", "fuse-overlayfs")
DISTRO, UPSTREAM = "distro", "upstream"
EXTRAS = {
    DISTRO: Extras(("rootlesskit", *AROUND), "/usr/share/docker.io/contrib/dockerd-rootless.sh"),
    UPSTREAM: Extras(("docker-ce-rootless-extras", *AROUND), "/usr/bin/dockerd-rootless.sh"),
}


def extras(source: str) -> Extras:
    """The row of a source; whatever isn't the distribution's has the packages of Docker's own."""
    return EXTRAS.get(source, EXTRAS[UPSTREAM])
