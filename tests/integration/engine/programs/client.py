# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client that asks every 20 ms until it is told to stop, and counts."""

from __future__ import annotations

import json
import os
import sys
import time
import urllib.request

STOP, AT_MOST = "/root/stop", 120


def ask(url: str) -> str:
    """Whether it was answered, or why not."""
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:
            return "answered" if answer.read() == b"here\n" else "odd"
    except OSError:
        return "failed"


def main(url: str) -> None:
    counts = {"answered": 0, "failed": 0, "odd": 0}
    end = time.monotonic() + AT_MOST
    while not os.path.exists(STOP) and time.monotonic() < end:
        counts[ask(url)] += 1
        time.sleep(0.02)
    print(json.dumps(counts))


if __name__ == "__main__":
    main(sys.argv[1])
