# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The codecs that fields of every kind share: text, numbers, sizes, durations, lists, mappings."""

from __future__ import annotations

import fractions
import math
import re
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.field import Codec

UNITS = {"": 1, "b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40, "p": 1 << 50}
SIZE = re.compile(r"^\s*(-?[0-9]+(?:\.[0-9]+)?)\s*([kmgtp]?)i?b?\s*$", re.IGNORECASE)
SPANS = {
    "ns": 1,
    "us": 10**3,
    "µs": 10**3,
    "μs": 10**3,
    "ms": 10**6,
    "s": 10**9,
    "m": 60 * 10**9,
    "h": 3600 * 10**9,
    "d": 86400 * 10**9,
    "w": 604800 * 10**9,
}
SPAN = re.compile(r"([0-9]*\.?[0-9]+)(ns|us|µs|μs|ms|s|m|h|d|w)")
BOOLEANS = {
    "true": True,
    "yes": True,
    "on": True,
    "y": True,
    "1": True,
    "t": True,
    "false": False,
    "no": False,
    "off": False,
    "n": False,
    "0": False,
    "f": False,
}


def read_text(value: t.Any) -> str:
    """A string; numbers and booleans are spelt as YAML spells them."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)):
        return str(value)
    raise ValueError("text")


def read_integer(value: t.Any) -> int:
    """A whole number, or text that spells one."""
    try:
        if not isinstance(value, bool) and (not isinstance(value, float) or value.is_integer()):
            return int(value)
    except (TypeError, ValueError):
        pass
    raise ValueError("a whole number")


def read_number(value: t.Any) -> float:
    """A number, or text that spells one."""
    try:
        if not isinstance(value, bool) and math.isfinite(float(value)):
            return float(value)
    except (TypeError, ValueError):
        pass
    raise ValueError("a number")


def read_boolean(value: t.Any) -> bool:
    """true or false, in any of YAML's spellings."""
    found = BOOLEANS.get(str(value).lower())
    if found is None:
        raise ValueError("true or false")
    return found


def read_size(value: t.Any) -> int:
    """Bytes: a number, or text with a unit (`512m`, `1.5GiB`); units are powers of 1024."""
    match = SIZE.match(str(value)) if not isinstance(value, bool) else None
    if not match:
        raise ValueError("a size like 512m or 1.5g")
    return int(fractions.Fraction(match.group(1)) * UNITS[match.group(2).lower()])


def read_duration(value: t.Any) -> int:
    """Nanoseconds: text like `1m30s`, or a number of seconds."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < math.inf:
        return int(value * SPANS["s"])
    text = str(value).strip()
    if text == "0":
        return 0
    parts = SPAN.findall(text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise ValueError("a duration like 1m30s")
    return sum(round(fractions.Fraction(number) * SPANS[unit]) for number, unit in parts)


def read_list(value: t.Any) -> list[str]:
    """A list of texts; one text alone is a list of one."""
    members = value if isinstance(value, (list, tuple)) else [value]
    try:
        return [read_text(member) for member in members]
    except ValueError:
        raise ValueError("a list of texts") from None


def read_mapping(value: t.Any) -> dict[str, str]:
    """Names to texts, from a mapping or a list of `NAME=text`."""
    try:
        if isinstance(value, dict):
            texts = {key: "" if text is None else text for key, text in value.items()}
            return {read_text(key): read_text(text) for key, text in texts.items()}
        if isinstance(value, (list, tuple)):
            return dict(_pair(read_text(member)) for member in value)
    except ValueError:
        pass
    raise ValueError("a mapping of texts, or a list of NAME=value")


def _pair(text: str) -> tuple[str, str]:
    name, _sign, value = text.partition("=")
    return name, value


def show_size(value: t.Any) -> str:
    """Bytes in the largest unit that holds them whole."""
    for unit in ("t", "g", "m", "k"):
        if isinstance(value, int) and value and value % UNITS[unit] == 0:
            return "'{0}{1}'".format(value // UNITS[unit], unit)
    return repr(value)


def show_duration(value: t.Any) -> str:
    """Nanoseconds as `1m30s`."""
    if not isinstance(value, int) or value <= 0:
        return repr(value)
    text = ""
    for unit in ("h", "m", "s", "ms", "us", "ns"):
        count, value = divmod(value, SPANS[unit])
        text += "{0}{1}".format(count, unit) if count else ""
    return repr(text)


def unless(*empty: t.Any) -> t.Callable[[t.Any], t.Any]:
    """A reader of the engine's JSON that takes these values for "not set"."""
    return lambda value: None if value is None or value in empty else value


TEXT = Codec({"type": "str"}, read_text, from_engine=unless(""))
INTEGER = Codec({"type": "int"}, read_integer, from_engine=unless(0))
SIGNED = Codec({"type": "int"}, read_integer)
NUMBER = Codec({"type": "float"}, read_number, from_engine=unless(0))
BOOLEAN = Codec({"type": "bool"}, read_boolean, from_engine=unless(False))
SIZE_BYTES = Codec({"type": "raw"}, read_size, from_engine=unless(0), show=show_size)
DURATION = Codec({"type": "raw"}, read_duration, from_engine=unless(0), show=show_duration)
LIST = Codec(
    {"type": "list", "elements": "str"},
    read_list,
    from_engine=lambda value: list(value) if value else None,
)
MAPPING = Codec(
    {"type": "raw"},
    read_mapping,
    from_engine=lambda value: dict(value) if value else None,
)
