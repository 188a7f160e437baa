# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeping the packages of rpm from restarting the engine: systemd refuses while a drop-in says so."""

from __future__ import annotations

import contextlib
import typing as t

SYSTEMD = "/run/systemd/system"
# Where a killed run leaves it behind, a reboot takes it away, or the next run.
DROP_IN = SYSTEMD + "/docker.service.d/slipway.conf"
TEXT = """\
# slipway.docker: while packages change, nobody but us restarts the engine
[Unit]
RefuseManualStop=yes
"""


@contextlib.contextmanager
def held_back(outside: t.Any) -> t.Iterator[None]:
    """While this lasts, no package stops or restarts the engine."""
    if outside.exists(SYSTEMD):
        outside.write(DROP_IN, TEXT.encode(), directory_mode=0o755)
        _read_again(outside)
    try:
        yield
    finally:
        restore(outside)


def is_held_back(outside: t.Any) -> bool:
    """Whether our drop-in is in place."""
    return bool(outside.exists(DROP_IN))


def restore(outside: t.Any) -> None:
    """Take our drop-in away, also a killed run's."""
    if is_held_back(outside):
        outside.remove(DROP_IN)
        _read_again(outside)


def _read_again(outside: t.Any) -> None:
    outside.run(["systemctl", "daemon-reload"])
