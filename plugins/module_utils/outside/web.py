# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small files from the web: read whole, within a bound of size and time."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import Unreachable

LARGEST = 1 << 20
TIMEOUT = 30.0


def fetch(url: str, timeout: float = TIMEOUT) -> bytes:
    """What lies at an address of http or https; nothing larger than a mebibyte."""
    try:
        with urllib.request.urlopen(url, timeout=timeout) as answer:
            data: bytes = answer.read(LARGEST + 1)
    except urllib.error.HTTPError as error:
        raise Unreachable(url, "the answer is {0} {1}".format(error.code, error.reason)) from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise Unreachable(url, "it can't be reached ({0})".format(reason)) from error
    if len(data) > LARGEST:
        raise Unreachable(url, "it is larger than {0} bytes".format(LARGEST))
    return data
