# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the tables of docs/engine-keys.md out of the rows that the engine's kind goes by."""

from __future__ import annotations

import argparse
import sys
import typing as t
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "engine-keys.md"
BEGIN, END = "<!-- written by tools/engine_keys.py -->\n", "<!-- to here -->\n"
HEADING = "| key | type | engines | a change | what it is for |\n|---|---|---|---|---|\n"


def tables() -> str:
    """A table a group of keys."""
    sys.path.insert(0, str(ROOT / ".cache"))
    from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import fields

    return "\n".join(
        f"### {title}\n\n{HEADING}" + "".join(row(key, fields.NOT_YET) for key in group)
        for title, group in fields.GROUPS.items()
    )


def row(key: t.Any, not_yet: t.Mapping[str, str]) -> str:
    """A key as a line of its table."""
    cost = "refused" if key.name in not_yet else costs(key)
    kind = key.type.words.replace("|", "\\|")
    return f"| `{key.name}` | {kind} | {engines(key)} | {cost} | {key.purpose} |\n"


def engines(key: t.Any) -> str:
    """Which engines know a key."""
    ends = [f"since {key.since}" if key.since else "", f"before {key.until}" if key.until else ""]
    return ", ".join(end for end in ends if end) or "all"


def costs(key: t.Any) -> str:
    """What a change and a removal cost."""
    effect = str(key.effect)
    return effect if effect != "reload" or key.reset else "reload; restart when it goes"


def written(text: str) -> str:
    """The page with its tables written anew."""
    before, _begin, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{tables()}\n{END}{rest.partition(END)[2]}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only tell whether it is current")
    check = parser.parse_args().check
    old = PAGE.read_text()
    new = written(old)
    if check and new != old:
        print(f"{PAGE.relative_to(ROOT)} isn't current; type: python tools/engine_keys.py")
    elif new != old:
        PAGE.write_text(new)
    return int(check and new != old)


if __name__ == "__main__":
    sys.exit(main())
