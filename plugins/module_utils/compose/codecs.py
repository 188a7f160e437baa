# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The codecs of Compose fields: text, numbers, flags, bytes, durations, lists, mappings."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.compose import shellwords
from ansible_collections.slipway.docker.plugins.module_utils.compose.scalars import spell
from ansible_collections.slipway.docker.plugins.module_utils.compose.units import (
    read_size,
    read_span,
    spell_span,
)

Codec = t.Callable[[t.Any], t.Any]
FLAGS = {
    word: word in ("true", "y", "yes", "on")
    for word in ("true", "y", "yes", "on", "false", "n", "no", "off")
}
WHOLE = re.compile(r"[-+]?[0-9]+\Z")
OCTAL = re.compile(r"0?[oO]?([0-7]+)\Z")


def text(value: t.Any) -> t.Any:
    """Text; a number or a flag is spelt."""
    if isinstance(value, (dict, list)):
        raise ValueError("text")
    return value if value is None or isinstance(value, str) else spell(value)


def texts(value: t.Any) -> t.Any:
    """A list of texts; one text is a list of one."""
    if isinstance(value, list):
        return [text(member) for member in value]
    return value if value is None else [text(value)]


def pairs(value: t.Any) -> dict[str, str | None]:
    """Names to texts, or to nothing where no value is given."""
    if isinstance(value, dict):
        return {name: text(member) for name, member in value.items()}
    return {
        name: rest if sign else None
        for name, sign, rest in (_cut(member) for member in _members(value))
    }


def variables(value: t.Any) -> dict[str, str | None]:
    """Environment variables; a name in a list may not end in a space."""
    found = pairs(value)
    loose = next((name for name in found if name != name.rstrip()), None)
    if loose and isinstance(value, list):
        raise ValueError("no space between the name {0!r} and its =".format(loose.rstrip()))
    return found


def mapping(value: t.Any) -> dict[str, str]:
    """Names to texts; a name without a value has an empty one."""
    return {name: member or "" for name, member in pairs(value).items()}


def hosts(value: t.Any) -> list[str]:
    """Host names and addresses, as `name=address`, one address each."""
    found: dict[str, list[str]] = {}
    for name, addresses in _host_pairs(value):
        if not name or re.search("[:=]", name):
            raise ValueError("name=address; found the name {0!r}".format(name))
        found.setdefault(name, []).extend(_bare(address) for address in addresses)
    return ["{0}={1}".format(name, address) for name in sorted(found) for address in found[name]]


def _bare(address: str) -> str:
    return address[1:-1] if len(address) > 2 and address[0] + address[-1] == "[]" else address


def _host_pairs(value: t.Any) -> list[tuple[str, list[str]]]:
    if isinstance(value, dict):
        return [(name, _addresses(member)) for name, member in value.items()]
    return [_host_cut(spell(member)) for member in _members(value)]


def _addresses(value: t.Any) -> list[str]:
    return [
        spell("" if one is None else one) for one in (value if isinstance(value, list) else [value])
    ]


def _host_cut(member: str) -> tuple[str, list[str]]:
    sign = "=" if "=" in member else ":"
    if sign not in member:
        raise ValueError("name=address; found {0!r}".format(member))
    name, _sign, addresses = member.partition(sign)
    return name, addresses.split(",")


def words(value: t.Any) -> t.Any:
    """A command as a list of words."""
    return shellwords.split(value)[0] if isinstance(value, str) else texts(value)


def health_test(value: t.Any) -> t.Any:
    """A health check's command; one text is for the shell."""
    return ["CMD-SHELL", value] if isinstance(value, str) else texts(value)


def span(value: t.Any) -> t.Any:
    """A duration in its shortest text."""
    return value if value is None else spell_span(read_span(spell(value)))


def flag(value: t.Any) -> t.Any:
    """true or false."""
    found = FLAGS.get(value.lower()) if isinstance(value, str) else value
    if found is not None and not isinstance(found, bool) or (found is None and value is not None):
        raise ValueError("true or false")
    return found


def whole(value: t.Any) -> t.Any:
    """A whole number."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and WHOLE.match(value):
        return int(value)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise ValueError("a whole number")
    return value


def number(value: t.Any) -> t.Any:
    """A number."""
    if isinstance(value, (dict, list, bool)):
        raise ValueError("a number")
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        raise ValueError("a number") from None


def size(value: t.Any) -> t.Any:
    """Bytes."""
    return value if value is None else read_size(int(value) if isinstance(value, float) else value)


def mode(value: t.Any) -> t.Any:
    """The permissions of a file, in octal text like `0440`."""
    if isinstance(value, str):
        found = OCTAL.match(value)
        if found is None:
            raise ValueError("an octal mode like 0440")
        return "0" + "{0:o}".format(int(found.group(1), 8))
    return value if value is None else "0{0:o}".format(whole(value))


def count(value: t.Any) -> t.Any:
    """How many devices; -1 stands for all."""
    if value == "all":
        return -1
    try:
        return whole(value)
    except ValueError:
        raise ValueError("a number of devices, or all") from None


def many(value: t.Any) -> t.Any:
    """Names to lists of texts."""
    return (
        {name: texts(member) for name, member in value.items()}
        if isinstance(value, dict)
        else value
    )


def _cut(member: t.Any) -> tuple[str, str, str]:
    return spell(member).partition("=")


def _members(value: t.Any) -> list[t.Any]:
    if not isinstance(value, list):
        raise ValueError("a mapping, or a list of NAME=value")
    return value
