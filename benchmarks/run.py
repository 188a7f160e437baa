# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares Slipway with its peers on a local engine, side by side in one run, and prints ratios.

Usage: python -m benchmarks.run [--rounds N] [--services N]
"""

from __future__ import annotations

import argparse
import pathlib
import tempfile

from benchmarks.chain import chain
from benchmarks.converged import converged
from benchmarks.engine import engine
from benchmarks.from_nothing import from_nothing
from benchmarks.ground import image, starts


def main() -> None:
    """Run all comparisons."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--services", type=int, default=100)
    chosen = parser.parse_args()
    with image(), tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder)
        start = starts(place)
        from_nothing(place, 20, chosen.rounds, start, False, ("up", "-d"))
        from_nothing(place, 20, chosen.rounds, start, True, ("up", "-d", "--wait"))
        chain(place, 10)
        converged(place, chosen.services, chosen.rounds, start)
        engine(place, chosen.rounds, start)


if __name__ == "__main__":
    main()
