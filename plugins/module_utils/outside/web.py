# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small files from the web: read whole, within a bound of size and time."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import Unreachable

LARGEST = 1 << 20
TIMEOUT = 30.0


def fetch(url: str, timeout: float = TIMEOUT) -> bytes:
    """What lies at an address of http or https; nothing larger than a mebibyte."""
    try:
        data = _read(url, timeout)
    except Exception as error:
        # Ansible's errors of this kind have no base of their own.
        reason = getattr(error, "reason", None) or error
        code = getattr(error, "code", None)
        problem = "the answer is {0} {1}" if isinstance(code, int) else "it can't be reached ({1})"
        raise Unreachable(url, problem.format(code, reason)) from error
    if len(data) > LARGEST:
        raise Unreachable(url, "it is larger than {0} bytes".format(LARGEST))
    return data


def _read(url: str, timeout: float) -> bytes:
    # Hardly a run fetches anything, and this takes long to import.
    from ansible.module_utils.urls import open_url

    answer: t.Any = open_url(url, timeout=timeout, http_agent="slipway.docker")
    with answer:
        data: bytes = answer.read(LARGEST + 1)
    return data
