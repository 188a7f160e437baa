# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What belongs to a user: files and programs, touched with the user's own rights.

A home is the user's to arrange: what root read or wrote there, a link could lead to anywhere.
"""

from __future__ import annotations

import base64
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import StepError
from ansible_collections.slipway.docker.plugins.module_utils.outside import programs

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# Two lines a file, both empty where there is none: its permissions, and what it holds.
LOOK = """\
for file; do
  if [ -e "$file" ]; then
    stat -L -c %a -- "$file" && { [ -d "$file" ] || base64 -w 0 -- "$file"; } || exit
    echo
  else
    echo
    echo
  fi
done
"""
WRITE = """\
umask 077
mkdir -p -- "$(dirname -- "$1")" && cat > "$1.slipway" && chmod -- "$2" "$1.slipway" && mv -fT -- "$1.slipway" "$1"
"""


class Account(t.NamedTuple):
    """An account of this host."""

    name: str
    uid: int
    home: str


class HomeFile(t.NamedTuple):
    """A file of a home."""

    mode: int
    data: bytes


class Homes:
    """The homes of this host, each entered as its owner, who need not be logged in."""

    def __init__(self, run: t.Callable[..., programs.Ran] = programs.run) -> None:
        self._run = run

    def run(
        self, account: Account, command: t.Sequence[str], stdin: str = "", timeout: float = 60
    ) -> programs.Ran:
        """Run a program as a user, whose service manager it can reach."""
        session = "/run/user/{0}".format(account.uid)
        variables = {
            "HOME": account.home,
            "USER": account.name,
            "PATH": PATH,
            "LC_ALL": "C.UTF-8",
            "XDG_RUNTIME_DIR": session,
            "DBUS_SESSION_BUS_ADDRESS": "unix:path={0}/bus".format(session),
        }
        told = ["{0}={1}".format(*each) for each in variables.items()]
        become = ["runuser", "-u", account.name, "--", "env", "-i", "--chdir=/"]
        return self._run([*become, *told, *command], timeout=timeout, stdin=stdin)

    def look(self, account: Account, paths: t.Sequence[str]) -> dict[str, HomeFile]:
        """Those of these files that are there."""
        lines = self._must(account, ["sh", "-c", LOOK, "sh", *paths]).out.split("\n")
        pairs = zip(paths, lines[::2], lines[1::2])
        return {
            path: HomeFile(int(mode, 8), base64.b64decode(data))
            for path, mode, data in pairs
            if mode
        }

    def write(self, account: Account, path: str, text: str, mode: int = 0o600) -> None:
        """Replace a file in one move; its directory is made."""
        self._must(account, ["sh", "-c", WRITE, "sh", path, "{0:o}".format(mode)], text)

    def remove(self, account: Account, path: str) -> None:
        """Remove a file; one that is gone already is fine."""
        self._must(account, ["rm", "-f", "--", path])

    def _must(self, account: Account, command: t.Sequence[str], stdin: str = "") -> programs.Ran:
        ran = self.run(account, command, stdin)
        if not ran.ok:
            said = ran.err.strip() or "status {0}".format(ran.status)
            raise StepError("home of {0}".format(account.name), said)
        return ran
