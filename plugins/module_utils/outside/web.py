# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small files from the web: read whole, within a bound of size and time."""

from __future__ import annotations

import http.client

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import Unreachable
from ansible_collections.slipway.docker.plugins.module_utils.outside.downloads import opened

LARGEST = 1 << 20
TIMEOUT = 30.0


def fetch(url: str, timeout: float = TIMEOUT) -> bytes:
    """What lies at an address of http or https; nothing larger than a mebibyte."""
    try:
        data = _read(url, timeout)
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        code = getattr(error, "code", None)
        problem = "the answer is {0} {1}" if isinstance(code, int) else "it can't be reached ({1})"
        raise Unreachable(url, problem.format(code, reason)) from error
    if len(data) > LARGEST:
        raise Unreachable(url, "it is larger than {0} bytes".format(LARGEST))
    return data


def _read(url: str, timeout: float) -> bytes:
    with opened(url, timeout) as answer:
        data: bytes = answer.read(LARGEST + 1)
    return data
