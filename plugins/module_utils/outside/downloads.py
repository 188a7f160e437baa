# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Large files from the web, within a bound of time and of what the disk holds."""

from __future__ import annotations

import http.client
import time
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import (
    StepError,
    Unreachable,
)

CHUNK = 1 << 20
SILENCE, WHOLE = 30.0, 1800.0


def opened(url: str, timeout: float) -> t.Any:
    """The answer of http or https, to read from; `timeout` in seconds bounds each silence."""
    # Hardly a run fetches anything, and this takes long to import. Ansible's open_url would come
    # along with every module besides.
    import urllib.request

    return urllib.request.build_opener().open(url, timeout=timeout)


def download(
    url: str, file: t.IO[bytes], room: int, silence: float = SILENCE, whole: float = WHOLE
) -> None:
    """Write what lies at an address of http or https into a file.

    ``room``: the bytes that there is room for; ``silence``: seconds without a byte; ``whole``: in all.
    """
    # What follows a question mark may be a key.
    shown = url.partition("?")[0]
    deadline = time.monotonic() + whole
    try:
        with opened(url, silence) as answer:
            _fits(shown, int(answer.headers.get("Content-Length") or 0), room)
            for chunk in iter(lambda: answer.read1(CHUNK), b""):
                file.write(chunk)
                _fits(shown, file.tell(), room)
                if time.monotonic() > deadline:
                    raise Unreachable(shown, "it isn't whole after {0:g} s".format(whole))
    except (OSError, http.client.HTTPException, ValueError) as error:
        code, reason = getattr(error, "code", None), getattr(error, "reason", None) or error
        problem = "it can't be fetched ({1})" if code is None else "the answer is {0} {1}"
        raise Unreachable(shown, problem.format(code, reason)) from error


def _fits(url: str, size: int, room: int) -> None:
    if size > room:
        problem = "it has {0} MiB or more, and {1} are free".format(size >> 20, room >> 20)
        raise StepError(url, problem, "make room, and run again")
