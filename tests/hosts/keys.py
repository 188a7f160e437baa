# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ssh key that opens all test hosts."""

from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path

from docker.models.containers import Container

from tests.ground.engine import CACHE, alone
from tests.hosts.recipe import ADMIN

KEY = CACHE / "id_ed25519"
CONFIG = CACHE / "ssh_config"
OPTIONS = ("-F", str(CONFIG))
# Hosts come and go under the same addresses, so nobody remembers who they were.
TEXT = f"""\
StrictHostKeyChecking no
UserKnownHostsFile /dev/null
LogLevel ERROR
IdentitiesOnly yes
IdentityFile {KEY}
"""


def ensure_key() -> Path:
    """The private key's file; the public one and what ssh has to know stand beside it."""
    with alone("key"):
        if not KEY.exists():
            words = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "slipway-test"]
            subprocess.run([*words, "-f", str(KEY)], check=True)
        if not CONFIG.exists() or CONFIG.read_text() != TEXT:
            CONFIG.write_text(TEXT)
    return KEY


def let_in(container: Container) -> None:
    """Let the key into a host, as root and as its administrator."""
    public = ensure_key().with_suffix(".pub").read_bytes()
    with io.BytesIO() as file:
        with tarfile.open(fileobj=file, mode="w") as archive:
            for home, owner in (("root", 0), (f"home/{ADMIN}", 1000)):
                info = tarfile.TarInfo(f"{home}/.ssh/authorized_keys")
                info.size, info.mode, info.uid, info.gid = len(public), 0o600, owner, owner
                archive.addfile(info, io.BytesIO(public))
        container.put_archive("/", file.getvalue())
