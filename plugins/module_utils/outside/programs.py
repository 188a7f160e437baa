# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs of the host: run to their end, within a bound, their words kept."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import tempfile
import typing as t


@dataclasses.dataclass(frozen=True)
class Ran:
    """How a program ended; `status` 127: not there, 126: can't be run, 124: took too long."""

    status: int
    out: str
    err: str

    @property
    def ok(self) -> bool:
        return self.status == 0


def run(
    command: t.Sequence[str],
    timeout: float = 60,
    stdin: str = "",
    environment: t.Mapping[str, str] | None = None,
) -> Ran:
    """Run a program without a shell, in the C locale; what it says is returned, never raised."""
    variables = {**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": "", **(environment or {})}
    # Files and not pipes: a daemon that the program leaves behind would hold a pipe open for good.
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        try:
            done = subprocess.run(
                list(command),
                input=stdin.encode(),
                stdout=out,
                stderr=err,
                env=variables,
                timeout=timeout,
                check=False,
            )
        except FileNotFoundError as error:
            return Ran(127, "", str(error))
        except OSError as error:
            return Ran(126, "", str(error))
        except subprocess.TimeoutExpired:
            return Ran(124, _whole(out), "{0}no end after {1:g} s".format(_whole(err), timeout))
        return Ran(done.returncode, _whole(out), _whole(err))


def _whole(file: t.IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8", "replace")
