# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a value of daemon.json may be: readers that say what is accepted, and in which place."""

from __future__ import annotations

import dataclasses
import ipaddress
import re
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.codec import (
    read_boolean,
    read_integer,
    read_size,
    read_text,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.field import Codec, Match, exact

Read = t.Callable[[t.Any], t.Any]
HOST_AND_PORT = re.compile(r"([^\s:/@]*|\[[0-9A-Fa-f:.%\w]+\]):(\d+)")
WEB_ADDRESS = re.compile(r"https?://[^\s/@?#]+(/[^\s?#]*)?")


class Misfit(ValueError):
    """A part of a value that can't be accepted; ``place`` is where it stands below its key."""

    def __init__(self, accepted: str, found: t.Any, place: str) -> None:
        super().__init__(accepted)
        self.found = found
        self.place = place


def _same(value: t.Any) -> t.Any:
    return value


@dataclasses.dataclass(frozen=True)
class Type:
    """A type of values: what it is called, how it is read, and what one of them means.

    ``meaning``: of what ``read`` gives, what is compared; two spellings of one thing have the same.
    """

    words: str
    read: Read
    meaning: Read = _same
    show: t.Callable[[t.Any], str] = repr

    @property
    def codec(self) -> Codec:
        return Codec({"type": "raw"}, self.read, show=self.show)

    @property
    def match(self) -> Match:
        """Whether two values mean the same; what has another JSON type, no engine takes."""

        def agree(expected: t.Any, found: t.Any) -> bool:
            if exact(expected, found) or type(expected) is not type(found):
                return exact(expected, found)
            try:
                return bool(self.meaning(self.read(expected)) == self.meaning(self.read(found)))
            except ValueError:
                return False

        return agree


def at(place: str, read: Read, value: t.Any) -> t.Any:
    """A part of a value, read; what is wrong with it is told with its place."""
    try:
        return read(value)
    except ValueError as error:
        deeper, found = getattr(error, "place", ""), getattr(error, "found", value)
        raise Misfit(str(error), found, place + deeper) from None


def whole(low: int, high: int | None = None) -> Type:
    """Whole numbers from one to another."""
    words = "a whole number from {0} to {1}".format(low, high)
    words = words if high is not None else "a whole number, {0} or more".format(low)

    def read(value: t.Any) -> int:
        try:
            number = read_integer(value)
        except ValueError:
            raise ValueError(words) from None
        if number < low or (high is not None and number > high):
            raise ValueError(words)
        return number

    return Type(words, read)


def one_of(*names: str) -> Type:
    """One of these names."""
    words = "{0} or {1}".format(", ".join(names[:-1]), names[-1])

    def read(value: t.Any) -> str:
        if value not in names:
            raise ValueError(words)
        return str(value)

    return Type(words, read)


def text_like(words: str, pattern: str) -> Type:
    """Texts that a pattern matches whole."""
    compiled = re.compile(pattern)

    def read(value: t.Any) -> str:
        text = read_text(value)
        if not compiled.fullmatch(text):
            raise ValueError(words)
        return text

    return Type(words, read)


def parsed(words: str, parse: Read) -> Type:
    """Texts that a parser takes; what it makes of them is what they mean."""

    def read(value: t.Any) -> str:
        text = read_text(value)
        try:
            parse(text)
        except ValueError:
            raise ValueError(words) from None
        return text

    return Type(words, read, parse)


def bridge_address(text: str) -> t.Any:
    """An address of a bridge with the size of its network; the network's own is no host's."""
    found = ipaddress.ip_interface(text)
    if "/" not in text or (
        found.ip == found.network.network_address and found.network.num_addresses > 2
    ):
        raise ValueError
    return found


def of_version(parse: Read, version: int) -> Read:
    """A parser that takes IPv4 or IPv6 alone."""

    def read(text: str) -> t.Any:
        found = parse(text)
        if found.version != version:
            raise ValueError
        return found

    return read


def network(text: str) -> t.Any:
    """A network; the engine cuts off what stands behind its prefix, too."""
    if "/" not in text:
        raise ValueError
    return ipaddress.ip_network(text, strict=False)


def host_and_port(text: str) -> tuple[str, int]:
    """An address and a port."""
    match = HOST_AND_PORT.fullmatch(text)
    if match is None or int(match.group(2)) > 65535:
        raise ValueError
    return match.group(1), int(match.group(2))


def mirror(text: str) -> str:
    """The address of a mirror, as the engine spells it."""
    if not WEB_ADDRESS.fullmatch(text):
        raise ValueError
    return text.rstrip("/")


def registry(text: str) -> str:
    """A registry; the engine cuts a scheme off, too."""
    parts = text.rpartition("://")[2]
    if not parts or any(sign in parts for sign in " @?#"):
        raise ValueError
    return parts


def firewall_mark(text: str) -> tuple[int, ...]:
    """A mark, or a mark and its mask."""
    numbers = tuple(int(part, 0) for part in text.split("/"))
    if len(numbers) > 2 or any(not 0 <= number < 1 << 32 for number in numbers):
        raise ValueError
    return numbers


def size(text: str) -> int:
    """Bytes; the engine wants a text, and none below nothing."""
    found = read_size(text)
    if found < 0:
        raise ValueError
    return found


FLAG = Type("true or false", read_boolean, show=read_text)
TEXT = Type("text", read_text)
COUNT, PORT = whole(0), whole(0, 65535)
PATH = text_like("an absolute path", r"/[^\0]*")
SIZE = parsed("a size such as 64m", size)
ADDRESS = parsed("an IP address", ipaddress.ip_address)
ADDRESS_4 = parsed("an IPv4 address", of_version(ipaddress.ip_address, 4))
ADDRESS_6 = parsed("an IPv6 address", of_version(ipaddress.ip_address, 6))
BRIDGE_4 = parsed(
    "an IPv4 address with its prefix, such as 10.0.0.1/24", of_version(bridge_address, 4)
)
BRIDGE_6 = parsed(
    "an IPv6 address with its prefix, such as fd00::1/64", of_version(bridge_address, 6)
)
NETWORK_4 = parsed("an IPv4 network such as 10.0.0.0/24", of_version(network, 4))
NETWORK_6 = parsed("an IPv6 network such as fd00::/64", of_version(network, 6))
HOST_PORT = parsed("an address and a port, such as 127.0.0.1:9323", host_and_port)
MIRROR = parsed("a URL such as https://mirror.example.org, without login or query", mirror)
REGISTRY = parsed("a registry's host, host:port or network", registry)
MARK = parsed("a firewall mark such as 0x10 or 0x10/0xff", firewall_mark)
LABEL = text_like("a label such as stage=test", r"[^=\s]+=.*")
VERSION = text_like("an API version such as 1.44", r"\d+\.\d+")
RESOURCE = text_like("a resource such as gpu=UUID1 or ssd=3", r"[^=\s]+=[^=\s]+")
DOMAIN = text_like(
    "a domain such as example.org, or a dot for none", r"\.|[A-Za-z0-9_.-]*[A-Za-z0-9_-]\.?"
)
REMAP = text_like(
    "default, or the names of a user and a group, such as app or app:app",
    r"[A-Za-z_][\w.-]*(:[A-Za-z_][\w.-]*)?",
)
