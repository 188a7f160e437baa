# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a plain YAML scalar means: YAML 1.2's core, and the old spellings that Compose reads."""

from __future__ import annotations

import base64
import math
import re
import typing as t

NULLS = frozenset(("", "~", "null", "Null", "NULL"))
BOOLEANS = {
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
INFINITIES = {
    sign + word: float(sign + "inf") for sign in ("", "+", "-") for word in (".inf", ".Inf", ".INF")
}
NUMBERS = {**INFINITIES, ".nan": float("nan"), ".NaN": float("nan"), ".NAN": float("nan")}
INTEGER = re.compile(
    r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))\Z"
)
FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
DATE = re.compile(
    r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
    r"(?:(?:[Tt]| )([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(\.[0-9]+)?(Z|[-+][0-9]{2}:[0-9]{2})?)?\Z"
)
FIRST = frozenset("+-.0123456789")
BASES = (16, 2, 8, 10)


def resolve(text: str) -> t.Any:
    """The value of a plain scalar: null, a boolean, a number, a date in text, or text."""
    if text in NULLS:
        return None
    if text in BOOLEANS:
        return BOOLEANS[text]
    if text[0] not in FIRST:
        return text
    return _number(text)


def _number(text: str) -> t.Any:
    if text in NUMBERS:
        return NUMBERS[text]
    date = DATE.match(text)
    if date:
        return _date(text, date)
    bare = text.replace("_", "")
    found = INTEGER.match(bare)
    if found:
        value = _integer(found)
        return value if -(1 << 63) <= value < 1 << 64 else float(value)
    return _finite(bare, text) if FLOAT.match(bare) else text


def _finite(bare: str, text: str) -> t.Any:
    value = float(bare)
    return text if value in (float("inf"), float("-inf")) else value


def _integer(found: t.Match[str]) -> int:
    digits, base = next(
        (group, base) for group, base in zip(found.groups()[1:], BASES) if group is not None
    )
    value = int(digits, base)
    return -value if found.group(1) == "-" else value


def _date(text: str, found: t.Match[str]) -> str:
    year, month, day, hour, minute, second, fraction, zone = found.groups()
    if not (
        1 <= int(month) <= 12
        and 1 <= int(day) <= 31
        and int(hour or 0) < 24
        and int(minute or 0) < 60
    ):
        return text
    offset = "+0000 UTC" if zone in (None, "Z") else "{0} {0}".format(str(zone).replace(":", ""))
    clock = "{0:02d}:{1:02d}:{2:02d}".format(int(hour or 0), int(minute or 0), int(second or 0))
    parts = "".join((fraction or "").rstrip("0")).rstrip(".")
    return "{0}-{1:02d}-{2:02d} {3}{4} {5}".format(year, int(month), int(day), clock, parts, offset)


def _float(text: str) -> float:
    value = resolve(text)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError("a number")
    return float(value)


def _int(text: str) -> int:
    value = resolve(text)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise ValueError("a whole number")


def _bool(text: str) -> bool:
    if text not in BOOLEANS:
        raise ValueError("true or false")
    return BOOLEANS[text]


def _binary(text: str) -> str:
    try:
        return base64.b64decode(text, validate=False).decode("utf-8", "replace")
    except ValueError:
        raise ValueError("base64") from None


PREFIX = "tag:yaml.org,2002:"
TAGGED: dict[str, t.Callable[[str], t.Any]] = {
    PREFIX + "str": str,
    PREFIX + "int": _int,
    PREFIX + "float": _float,
    PREFIX + "bool": _bool,
    PREFIX + "null": lambda text: None,
    PREFIX + "binary": _binary,
    PREFIX + "timestamp": resolve,
}


def spell(value: t.Any) -> str:
    """A scalar as Compose prints it where text is wanted: `true`, `1e+06`, `0.5`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return spell_float(value)
    return "<nil>" if value is None else str(value)


def spell_float(value: float) -> str:
    """The shortest text of a number, with an exponent from 1e6 up and below 1e-4."""
    if math.isnan(value):
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "+Inf" if value > 0 else "-Inf"
    sign, digits, point = _digits(value)
    if -4 <= point - 1 < 6 or digits == "0":
        return sign + _positional(digits, point)
    tail = "." + digits[1:] if len(digits) > 1 else ""
    return "{0}{1}{2}e{3}{4:02d}".format(
        sign, digits[0], tail, "-" if point < 1 else "+", abs(point - 1)
    )


def _digits(value: float) -> tuple[str, str, int]:
    mantissa, _sign, exponent = "{0!r}".format(abs(value)).partition("e")
    whole, _point, part = mantissa.partition(".")
    part = "" if part == "0" else part
    digits = (whole + part).lstrip("0")
    point = len(whole) + int(exponent or 0) - (len(whole + part) - len(digits))
    digits = digits.rstrip("0")
    return "-" if str(value).startswith("-") else "", digits or "0", point if digits else 1


def _positional(digits: str, point: int) -> str:
    if point <= 0:
        return "0." + "0" * -point + digits
    if point >= len(digits):
        return digits + "0" * (point - len(digits))
    return digits[:point] + "." + digits[point:]
