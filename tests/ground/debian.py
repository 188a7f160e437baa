# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Root file systems out of Debian's packages, from where this machine has its own."""

from __future__ import annotations

import functools
import re
import subprocess
import tempfile
import typing as t
from dataclasses import dataclass
from pathlib import Path

ARCHIVE = "http://deb.debian.org/debian/"
SECURITY = "http://deb.debian.org/debian-security/"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
LOCAL_CERTIFICATES = Path("/usr/local/share/ca-certificates")
# What a machine has to say about reaching its mirrors: proxies, certificates, how patient to be.
APT_SETTING = re.compile(r'^Acquire::(https?::\S|Check-|Retries|ForceIPv4).*[^"]";$')


@dataclass(frozen=True)
class Mirrors:
    """Where packages come from, and the settings of apt that it takes to get there."""

    archive: str
    security: str
    settings: tuple[str, ...]

    def sources(self, suite: str) -> tuple[str, ...]:
        """The lines of a sources.list."""
        return (
            f"deb {self.archive} {suite} main",
            f"deb {self.archive} {suite}-updates main",
            f"deb {self.security} {suite}-security main",
        )


@functools.cache
def mirrors() -> Mirrors:
    """Those of this machine; Debian's own where it is no Debian."""
    words = ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"]
    found = _output(words).splitlines()
    archive = next((uri for uri in found if uri.endswith("/debian/")), ARCHIVE)
    security = next((uri for uri in found if uri.endswith("/debian-security/")), SECURITY)
    settings = filter(APT_SETTING.match, _output(["apt-config", "dump"]).splitlines())
    return Mirrors(archive, security, tuple(settings))


def make_root(
    suite: str,
    packages: t.Sequence[str],
    hooks: t.Sequence[str],
    target: Path,
    variant: str = "minbase",
) -> None:
    """Write a root file system, as a tar file if the target's name is one's.

    Each hook is run by sh with the root as its $1. The variant `extract` only unpacks.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        settings = Path(place) / "apt.conf"
        settings.write_text("".join(f"{line}\n" for line in mirrors().settings))
        subprocess.run(
            [
                "mmdebstrap",
                "--quiet",
                f"--variant={variant}",
                f"--keyring={KEYRING}",
                f"--include={','.join(packages)}",
                f"--aptopt={settings}",
                "--skip=cleanup/apt/cache",
                *_certificates(),
                *(f"--customize-hook={hook}" for hook in hooks),
                suite,
                str(target),
                *mirrors().sources(suite),
            ],
            check=True,
        )


def _certificates() -> list[str]:
    if not any(LOCAL_CERTIFICATES.glob("*.crt")):
        return []
    return [
        f"--customize-hook=sync-in {LOCAL_CERTIFICATES} {LOCAL_CERTIFICATES}",
        '--customize-hook=chroot "$1" update-ca-certificates >/dev/null 2>&1',
    ]


def _output(words: t.Sequence[str]) -> str:
    return subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True).stdout
