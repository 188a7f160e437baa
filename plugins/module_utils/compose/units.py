# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Durations and sizes as Compose reads and prints them."""

from __future__ import annotations

import re
import typing as t

SPANS: dict[str, int] = {
    "ns": 1,
    "us": 1000,
    "µs": 1000,
    "μs": 1000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
}
SPAN = re.compile(r"([0-9]*)(?:\.([0-9]*))?(ns|us|µs|μs|ms|s|m|h)")
SIZES: dict[str, int] = {
    "": 1,
    "b": 1,
    "k": 1 << 10,
    "m": 1 << 20,
    "g": 1 << 30,
    "t": 1 << 40,
    "p": 1 << 50,
}
SIZE = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+) ?(?:([kmgtp])(?:b|ib)?|(b))?\Z", re.IGNORECASE)


def read_span(text: str) -> int:
    """Nanoseconds of a duration like `1m30s`; raises ValueError with what is accepted."""
    sign, bare = (-1, text[1:]) if text[:1] == "-" else (1, text[1:] if text[:1] == "+" else text)
    if bare == "0":
        return 0
    total, place = 0, 0
    while place < len(bare):
        found = SPAN.match(bare, place)
        if found is None or not (found.group(1) or found.group(2)):
            break
        total += _nanoseconds(found)
        place = found.end()
    if not bare or place < len(bare):
        raise ValueError("a duration like 1m30s, in h, m, s, ms, us or ns")
    return sign * total


def _nanoseconds(found: t.Match[str]) -> int:
    whole, part, unit = found.group(1) or "0", found.group(2) or "", SPANS[found.group(3)]
    return int(whole) * unit + int(part or "0") * unit // int("1" + "0" * len(part))


def spell_span(span: int) -> str:
    """A duration in its shortest usual text: `1m30s`, `1.5s`, `250ms`, `0s`."""
    sign, span = ("-", -span) if span < 0 else ("", span)
    if span < SPANS["s"]:
        unit = next((unit for unit in ("ms", "µs", "ns") if span >= SPANS[unit]), "s")
        return sign + _decimal(span, SPANS[unit]) + unit
    minutes, rest = divmod(span, SPANS["m"])
    text = _decimal(rest, SPANS["s"]) + "s"
    if minutes:
        text = "{0}m".format(minutes % 60) + text
    return sign + ("{0}h".format(minutes // 60) if minutes >= 60 else "") + text


def _decimal(value: int, unit: int) -> str:
    whole, part = divmod(value, unit)
    digits = "{0:0{1}d}".format(part, len(str(unit)) - 1).rstrip("0") if part else ""
    return "{0}.{1}".format(whole, digits) if digits else str(whole)


def read_size(value: int | str) -> int:
    """Bytes of a number or of a text like `512m`; -1 stands for no limit."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    text = str(value).strip()
    if text == "-1":
        return -1
    found = SIZE.match(text)
    if found is None:
        raise ValueError("bytes, or a size like 512m or 1.5gb")
    scale: int = SIZES[(found.group(2) or "").lower()]
    return int(float(found.group(1)) * scale)
