# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a test host is made of."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from tests.ground.debian import make_root, mirrors
from tests.ground.engine import CACHE, PREFIX, alone, find_image, import_tree

# What each is made of: forky's own systemd refuses cgroup v1, so its engine runs on trixie.
SUITES = {"bookworm": "bookworm", "trixie": "trixie", "forky": "trixie"}
ALWAYS = (
    "ca-certificates",
    "curl",
    "iproute2",
    "iptables",
    "kmod",
    "openssh-server",
    "procps",
    "sudo",
)
SYSTEMD = ("dbus", "systemd", "systemd-sysv")
# Kept as files in the image, so that not every host fetches again what roles install.
DOWNLOADED = ("docker.io", "python3-apt", "python3-docker", "xz-utils")
ADMIN = "admin"


@dataclass(frozen=True)
class Variant:
    """A sort of host, how its first process is started, and what is peculiar about it."""

    packages: tuple[str, ...]
    command: tuple[str, ...]
    needs_init: bool = False


SSHD = "mkdir -p /run/sshd; exec /usr/sbin/sshd -D"
VARIANTS = {
    "usual": Variant((*SYSTEMD, "python3"), ("/sbin/init",)),
    "bare": Variant(SYSTEMD, ("/sbin/init",)),
    "without-systemd": Variant(("python3",), ("sh", "-c", SSHD), needs_init=True),
}

CLIENT = {"trixie": ("docker-cli",), "forky": ("docker-cli",)}
SHRINK = 'rm -f "$1"/var/cache/apt/archives/*.deb'
DOWNLOAD = (
    'APT_CONFIG="$MMDEBSTRAP_APT_CONFIG" apt-get install -qq --yes --download-only'
    " --no-install-recommends {packages} >/dev/null"
)
# Of a newer suite only the engine is taken; its mirror may lag behind what its index says.
PINNED = """\
Package: *
Pin: release n={suite}
Pin-Priority: 100

Package: docker.io docker-cli containerd runc tini tini-static
Pin: release n={suite}
Pin-Priority: 990
"""
PATIENT = 'Acquire::Check-Valid-Until "false";'
# Hosts are thrown away, so nothing that dpkg writes has to survive a crash.
SETTLE = (
    'echo force-unsafe-io > "$1/etc/dpkg/dpkg.cfg.d/unsafe-io"',
    f'chroot "$1" useradd --create-home --shell /bin/bash {ADMIN}',
    f'echo "{ADMIN} ALL=(ALL) NOPASSWD: ALL" > "$1/etc/sudoers.d/{ADMIN}"',
    f'install -d -m 700 "$1/root/.ssh" && install -d -m 700 -o 1000 -g 1000 "$1/home/{ADMIN}/.ssh"',
)


def ensure_image(suite: str, variant: str) -> str:
    """The reference of a host's image, which is made if this recipe hasn't been cooked yet."""
    base = SUITES[suite]
    packages = (*ALWAYS, *VARIANTS[variant].packages)
    download = DOWNLOAD.format(packages=" ".join((*DOWNLOADED, *CLIENT.get(suite, ()))))
    hooks = (SHRINK, *newer(suite, base), download, *SETTLE)
    recipe = json.dumps([suite, packages, hooks, mirrors().settings, mirrors().sources(base)])
    digest = hashlib.sha256(recipe.encode()).hexdigest()[:12]
    reference = f"{PREFIX}host-{suite}-{variant}:{digest}"
    with alone("hosts"):
        if find_image(reference) is None:
            print(f"Making {reference} out of Debian's packages", flush=True)
            archive = CACHE / f"host-{suite}-{variant}.tar"
            make_root(base, packages, hooks, archive)
            import_tree(archive, reference)
            archive.unlink()
    return reference


def newer(suite: str, base: str) -> tuple[str, ...]:
    """What lets a host of one suite take another's engine."""
    if suite == base:
        return ()
    line = f"deb {mirrors().archive} {suite} main"
    return (
        f'echo "{line}" > "$1/etc/apt/sources.list.d/{suite}.list"',
        f"printf '%s' '{PINNED.format(suite=suite)}' > \"$1/etc/apt/preferences.d/{suite}\"",
        f"echo '{PATIENT}' > \"$1/etc/apt/apt.conf.d/98{suite}\"",
        'chroot "$1" apt-get update -qq',
    )
