# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A part of somebody else's file that is ours, between two marks."""

from __future__ import annotations

BEGIN = "# slipway.docker: begin; what stands here is written anew"
END = "# slipway.docker: end"


def cut(text: str) -> str:
    """What stands between the marks; nothing where there are none."""
    _before, mark, rest = text.partition(BEGIN + "\n")
    ours, end, _after = rest.partition(END + "\n")
    return ours if mark and end else ""


def graft(text: str, ours: str | None) -> str:
    """The text with this between the marks, or without the marks; all else as it is."""
    before, mark, rest = text.partition(BEGIN + "\n")
    after = rest.partition(END + "\n")[2] if mark else ""
    if not ours:
        return before + after
    gap = "" if not before or before.endswith("\n") else "\n"
    return "".join([before, gap, BEGIN, "\n", ours, END, "\n", after])
