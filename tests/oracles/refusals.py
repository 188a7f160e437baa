# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether two refusals are of one class and at one place."""

from __future__ import annotations

import re

PLACE = re.compile(r"\b((?:services|networks|volumes|configs|secrets)(?:\.[\w-]+|\[\w*\])+)")
QUOTED = re.compile(r"""['"`]([A-Za-z_][\w-]*)['"`]""")
CLASSES = (
    ("no such file|env file .* not found|label file .* not found", "no file"),
    ("cycle detected|Circular", "circle|itself"),
    ("additional propert", "unknown key"),
    ("missing property|is required", "is missing|is required"),
    ("undefined", "is declared"),
    ("neither an image", "neither image"),
    ("mutually exclusive|mutualy exclusive|exclusive", "exclude"),
    ("invalid project name", "project name"),
)
QUIET = frozenset(["count", "device_ids", "external"])


def same(expected: str, ours: str) -> bool:
    """Whether our refusal names what the expected one names, and is of its class."""
    places = [_plain(place) for place in PLACE.findall(expected)]
    names = [name for name in QUOTED.findall(expected) if name not in QUIET]
    said = _plain(ours)
    return (
        all(place in said for place in places[:1])
        and all(name in ours for name in names)
        and _class(expected, ours)
    )


def _plain(text: str) -> str:
    """A text whose paths are spelt one way: no brackets but around indexes."""
    named = re.sub(r"\[([A-Za-z_][\w-]*)\]", r".\1", re.sub(r"\.?\[\]", "", text))
    return re.sub(r"\.(\d+)\b", r"[\1]", named)


def _class(expected: str, ours: str) -> bool:
    wanted = next((our_words for words, our_words in CLASSES if re.search(words, expected)), "")
    return not wanted or re.search(wanted, ours) is not None
