# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs of the host: run to their end, within a bound, their words kept."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import typing as t


@dataclasses.dataclass(frozen=True)
class Ran:
    """How a program ended; `status` 127: it isn't there, 124: it took too long."""

    status: int
    out: str
    err: str

    @property
    def ok(self) -> bool:
        return self.status == 0


def run(
    command: t.Sequence[str], timeout: float = 60, stdin: str = "", environment: t.Mapping[str, str] | None = None
) -> Ran:
    """Run a program without a shell, in the C locale; what it says is returned, never raised."""
    variables = {**os.environ, "LC_ALL": "C.UTF-8", **(environment or {})}
    try:
        done = subprocess.run(
            list(command), input=stdin, env=variables, timeout=timeout, capture_output=True,
            encoding="utf-8", errors="replace", check=False,
        )
    except FileNotFoundError as error:
        return Ran(127, "", str(error))
    except subprocess.TimeoutExpired:
        return Ran(124, "", "no end after {0:g} s".format(timeout))
    return Ran(done.returncode, done.stdout, done.stderr)
