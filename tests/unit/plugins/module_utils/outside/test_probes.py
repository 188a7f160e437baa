# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that may hang: all are asked at once, and none is waited for longer than said."""

from __future__ import annotations

import sys
import time

from ansible_collections.slipway.docker.plugins.module_utils.outside.probes import probe

DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"


def test_what_programs_say_is_told_by_name() -> None:
    told = probe({"good": ["sh", "-c", "echo yes"], "bad": ["sh", "-c", "echo no >&2; exit 3"]}, 30)

    assert (told["good"].status, told["good"].out) == (0, "yes\n")
    assert (told["bad"].status, told["bad"].err) == (3, "no\n")


def test_many_that_hang_cost_no_more_than_one() -> None:
    begun = time.monotonic()
    told = probe({str(each): [sys.executable, "-c", DEAF] for each in range(5)}, 0.5)

    assert {each.status for each in told.values()} == {124}
    assert {each.err for each in told.values()} == {"no answer after 0.5 s"}
    assert time.monotonic() - begun < 5


def test_one_that_hangs_does_not_silence_the_others() -> None:
    told = probe({"hangs": ["sleep", "60"], "ends": ["true"]}, 2)

    assert (told["hangs"].status, told["ends"].status) == (124, 0)


def test_a_program_that_is_not_there_is_told() -> None:
    assert probe({"": ["/nonexistent"]}, 1)[""].status == 127
