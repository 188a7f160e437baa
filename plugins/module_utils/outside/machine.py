# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run stands on: the account, the interpreter, and the mounts of the host."""

from __future__ import annotations

import os
import pwd
import shutil
import sys

from ansible_collections.slipway.docker.plugins.module_utils.outside import sdk
from ansible_collections.slipway.docker.plugins.module_utils.outside.files import read_bytes
from ansible_collections.slipway.docker.plugins.module_utils.outside.homes import Account


class Machine:
    """This host, as the running interpreter sees it."""

    @property
    def is_root(self) -> bool:
        return os.geteuid() == 0

    @property
    def user(self) -> str:
        return self.user_name(os.geteuid())

    @property
    def process(self) -> int:
        """The number of the process that this run is."""
        return os.getpid()

    @property
    def python(self) -> str:
        """Path of the interpreter that modules run with."""
        return sys.executable

    @property
    def python_is_packaged(self) -> bool:
        """Whether the distribution's packages are what this interpreter imports."""
        return sys.prefix == "/usr"

    @property
    def sdk_problem(self) -> str:
        """Why the Docker SDK for Python can't be imported; empty where it can."""
        return sdk.problem()

    def user_name(self, number: int) -> str:
        """The name of an account, or its number where it has none."""
        try:
            return pwd.getpwuid(number).pw_name
        except KeyError:
            return str(number)

    def knows_user(self, name: str) -> bool:
        """Whether there is such an account."""
        try:
            return bool(pwd.getpwnam(name))
        except KeyError:
            return False

    def account(self, name: str) -> Account | None:
        """An account, or None where there is no such."""
        try:
            known = pwd.getpwnam(name)
        except KeyError:
            return None
        return Account(known.pw_name, known.pw_uid, known.pw_dir)

    def mounts_below(self, path: str) -> list[str]:
        """Mount points inside a directory."""
        lines = (read_bytes("/proc/self/mountinfo") or b"").decode("utf-8", "replace").splitlines()
        points = (line.split()[4].replace("\\040", " ") for line in lines)
        return sorted(point for point in points if point.startswith(path.rstrip("/") + "/"))

    def empty(self, path: str) -> None:
        """Remove what a directory holds, and itself unless something is mounted there."""
        if os.path.ismount(path):
            for item in os.scandir(path):
                shutil.rmtree(item.path) if item.is_dir(follow_symlinks=False) else os.unlink(
                    item.path
                )
        elif os.path.isdir(path):
            shutil.rmtree(path)
