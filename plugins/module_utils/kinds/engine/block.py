# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A part of somebody else's file that is ours, between two marks."""

from __future__ import annotations

BEGIN = "# slipway.docker: begin{0}; what stands here is written anew"
END = "# slipway.docker: end{0}"


def cut(text: str, topic: str = "") -> str:
    """What stands between the marks of a topic; nothing where there are none."""
    begin, end = _marks(topic)
    _before, mark, rest = text.partition(begin)
    ours, ending, _after = rest.partition(end)
    return ours if mark and ending else ""


def graft(text: str, ours: str | None, topic: str = "") -> str:
    """The text with this between the marks of a topic, or without the marks; all else as it is."""
    begin, end = _marks(topic)
    before, mark, rest = text.partition(begin)
    after = rest.partition(end)[2] if mark else ""
    if not ours:
        return before + after
    gap = "" if not before or before.endswith("\n") else "\n"
    return "".join([before, gap, begin, ours, end, after])


def _marks(topic: str) -> tuple[str, str]:
    said = " " + topic if topic else ""
    return BEGIN.format(said) + "\n", END.format(said) + "\n"
