# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a value of daemon.json may be, where it is made of parts: lists, and mappings with rules."""

from __future__ import annotations

import ipaddress
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.codec import (
    read_boolean,
    read_integer,
    read_mapping,
    read_text,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.values import (
    TEXT,
    Read,
    Type,
    at,
    network,
)

ULIMITS = (
    "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc",
    "rss", "rtprio", "rttime", "sigpending", "stack",
)  # fmt: skip
PROXIES = ("http-proxy", "https-proxy", "no-proxy")
BUILDER = ("entitlements", "gc", "history")
NRI = ("enable", "plugin-path", "plugin-config-path", "socket-path")
STOCK_RUNTIME = "runc"


def list_of(kind: Type, words: str) -> Type:
    """A list in which the order counts; one value alone is a list of one."""

    def read(value: t.Any) -> list[t.Any]:
        return list(_members(kind.read, value))

    def meaning(value: t.Any) -> t.Any:
        return [kind.meaning(member) for member in value]

    return Type("a list of {0}".format(words), read, meaning)


def set_of(kind: Type, words: str) -> Type:
    """A list in which the order doesn't count."""
    ordered = list_of(kind, words)
    return Type(ordered.words, ordered.read, lambda value: set(ordered.meaning(value)))


def _members(read: Read, value: t.Any) -> t.Iterator[t.Any]:
    if not isinstance(value, (list, tuple)):
        yield read(value)
        return
    for number, member in enumerate(value):
        yield at("[{0}]".format(number), read, member)


def mapping(value: t.Any) -> dict[str, t.Any]:
    """A mapping whose values are the engine's own business."""
    if not isinstance(value, dict):
        raise ValueError("a mapping")
    return {str(name): member for name, member in value.items()}


def each(read: Read) -> Read:
    """A reader of mappings whose values are all of one type."""

    def read_all(value: t.Any) -> dict[str, t.Any]:
        named = mapping(value).items()
        return {name: at("." + name, read, member) for name, member in named}

    return read_all


def only(names: t.Collection[str], value: t.Any) -> dict[str, t.Any]:
    """A mapping that has no other names than these."""
    found = mapping(value)
    for name in found:
        if name not in names:
            at("." + name, _no_such_name("one of {0}".format(", ".join(names))), found[name])
    return found


def _no_such_name(accepted: str) -> Read:
    def read(value: t.Any) -> t.Any:
        raise ValueError(accepted)

    return read


def pool(value: t.Any) -> dict[str, t.Any]:
    """A pool of addresses, and the size of the networks that are cut out of it."""
    found = only(("base", "size"), value)
    if set(found) != {"base", "size"}:
        raise ValueError("a mapping of base and size, such as base: 10.10.0.0/16, size: 24")
    base = at(".base", _network, found["base"])
    low, high = ipaddress.ip_network(base, strict=False).prefixlen, network(base).max_prefixlen
    wide = "a prefix length from {0} to {1}, since networks are cut out of {2}"
    size = at(".size", _between(low, high, wide.format(low, high, base)), found["size"])
    return {"base": base, "size": size}


def _network(value: t.Any) -> str:
    try:
        text = read_text(value)
        network(text)
    except ValueError:
        raise ValueError("a network such as 10.10.0.0/16") from None
    return text


def _between(low: int, high: int, accepted: str) -> Read:
    def read(value: t.Any) -> int:
        try:
            number = read_integer(value)
        except ValueError:
            raise ValueError(accepted) from None
        if not low <= number <= high:
            raise ValueError(accepted)
        return number

    return read


def ulimits(value: t.Any) -> dict[str, t.Any]:
    """Limits by name, each as the engine wants it; a number alone is both its limits."""
    found = mapping(value)
    return {name: at("." + name, _ulimit(name), limit) for name, limit in found.items()}


def _ulimit(name: str) -> Read:
    def read(value: t.Any) -> dict[str, t.Any]:
        if name not in ULIMITS:
            raise ValueError("a limit of these names: {0}".format(", ".join(ULIMITS)))
        limits = value if isinstance(value, dict) else {"hard": value, "soft": value}
        told = {str(key).lower(): limit for key, limit in limits.items()}
        if not {"hard"} <= set(told) <= {"name", "hard", "soft"} or told.get("name", name) != name:
            raise ValueError("a number, or a mapping of Hard and Soft")
        hard = at(".Hard", _between(-1, 1 << 63, "a number, -1 for no limit"), told["hard"])
        soft = at(".Soft", _below(hard), told.get("soft", told["hard"]))
        return {"Name": name, "Hard": hard, "Soft": soft}

    return read


def _below(hard: int) -> Read:
    if hard < 0:
        return _between(-1, 1 << 63, "a number, -1 for no limit")
    return _between(0, hard, "a number up to the hard limit, {0}".format(hard))


def runtimes(value: t.Any) -> dict[str, t.Any]:
    """Runtimes by name."""
    found = mapping(value)
    return {name: at("." + name, _runtime(name), runtime) for name, runtime in found.items()}


def _runtime(name: str) -> Read:
    def read(value: t.Any) -> dict[str, t.Any]:
        if name == STOCK_RUNTIME:
            raise ValueError("another name, since runc is the engine's own")
        found = only(("path", "runtimeArgs", "runtimeType", "options"), value)
        if ("path" in found) is ("runtimeType" in found):
            raise ValueError(
                "a mapping of either path (and runtimeArgs) or runtimeType (and options)"
            )
        rest = {"path": "options", "runtimeType": "runtimeArgs"}
        for given, other in rest.items():
            if given in found and other in found:
                at(
                    "." + other,
                    _no_such_name("nothing here beside {0}".format(given)),
                    found[other],
                )
        return {key: at("." + key, RUNTIME[key], member) for key, member in found.items()}

    return read


def _meaning_of_runtimes(value: t.Any) -> t.Any:
    return {name: {key: part for key, part in each.items() if part} for name, each in value.items()}


def builder(value: t.Any) -> dict[str, t.Any]:
    """What BuildKit keeps and may."""
    found = only(BUILDER, value)
    for name, part in found.items():
        at("." + name, mapping, part)
    return found


def proxies(value: t.Any) -> dict[str, t.Any]:
    """The engine's own proxies."""
    found = only(PROXIES, value)
    return {name: at("." + name, read_text, part) for name, part in found.items()}


def nri(value: t.Any) -> dict[str, t.Any]:
    """The node resource interface."""
    found = only(NRI, value)
    readers = {"enable": read_boolean}
    return {
        name: at("." + name, readers.get(name, read_text), part) for name, part in found.items()
    }


RUNTIME: dict[str, Read] = {
    "path": read_text,
    "runtimeArgs": list_of(TEXT, "texts").read,
    "runtimeType": read_text,
    "options": mapping,
}
TEXTS, TEXT_SET = list_of(TEXT, "texts"), set_of(TEXT, "texts")
TEXT_MAP = Type("a mapping of texts", read_mapping)
SWITCHES = Type("a mapping of names to true or false", each(read_boolean))
NETWORK_OPTIONS = Type("options by driver, such as bridge: {name: value}", each(read_mapping))
POOLS = list_of(
    Type(
        "pool",
        pool,
        lambda value: (network(value["base"]), value["size"]),
    ),
    "mappings of base (a network) and size",
)
ULIMIT_MAP = Type("limits by name, each a number or Hard and Soft", ulimits)
RUNTIME_MAP = Type("runtimes by name, each a path or a runtimeType", runtimes, _meaning_of_runtimes)
BUILDER_MAP = Type("a mapping of gc, entitlements, history", builder)
PROXY_MAP = Type("a mapping of http-proxy, https-proxy, no-proxy", proxies)
NRI_MAP = Type("a mapping of enable and paths", nri)
