# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of what one host can hold: ports and names wanted twice, names that the engine refuses."""

from __future__ import annotations

import ipaddress
import re
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.compose import ports
from ansible_collections.slipway.docker.plugins.module_utils.compose.tree import (
    Path,
    Where,
    section,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import ComposeError

Model = t.Mapping[str, t.Any]
Port = t.Tuple[str, str, int]
EVERYWHERE = ("0.0.0.0", "::")
CONTAINER = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+\Z")
LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
DOMAIN = r"(?:{0}(?:\.{0})*|\[[0-9a-fA-F:]+\])(?::[0-9]+)?".format(LABEL)
PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
DIGEST = r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}"
TAG = r"[\w][\w.-]{0,127}"
IMAGE = re.compile(
    r"(?:{0}/)?{1}(?:/{1})*(?::{2})?(?:@{3})?\Z".format(DOMAIN, PART, TAG, DIGEST), re.ASCII
)
PORT_PARTS: dict[str, t.Callable[[str], object]] = {
    "target": lambda text: ports.read_range(text, "container port", 1),
    "published": lambda text: ports.read_range(text, "host port", 0),
    "host_ip": ports.read_address,
}
NAME_RULE = "at least two of letters, digits, _ . and -, beginning with a letter or a digit"
IMAGE_RULE = "[registry/]name[:tag][@digest], the name in lowercase"


def check(model: Model, where: Where) -> None:
    """Raises ComposeError at the first thing that one host can't hold."""
    _names(model, where)
    _ports(model, where)
    _same_name(model, where)
    _same_port(model, where)


def _names(model: Model, where: Where) -> None:
    for key, service in section(model, "services").items():
        _named(
            service.get("container_name"),
            CONTAINER,
            NAME_RULE,
            ("services", key, "container_name"),
            where,
        )
        _named(service.get("image"), IMAGE, IMAGE_RULE, ("services", key, "image"), where)
    for key, volume in section(model, "volumes").items():
        _named((volume or {}).get("name"), CONTAINER, NAME_RULE, ("volumes", key, "name"), where)


def _named(name: t.Any, rule: t.Pattern[str], words: str, path: Path, where: Where) -> None:
    if name is not None and not rule.match(str(name)):
        raise ComposeError(
            where(path), "the engine refuses the name {0!r}".format(name), "accepted: " + words
        )


def _ports(model: Model, where: Where) -> None:
    for key, service in section(model, "services").items():
        for index, port in enumerate(service.get("ports") or ()):
            for part, read in PORT_PARTS.items():
                _read(port.get(part), read, ("services", key, "ports", index, part), where)


def _read(value: t.Any, read: t.Callable[[str], object], path: Path, where: Where) -> None:
    try:
        if value not in (None, ""):
            read(str(value))
    except ValueError as error:
        raise ComposeError(where(path), str(error)) from None


def _same_name(model: Model, where: Where) -> None:
    taken: dict[str, str] = {}
    for key, service in section(model, "services").items():
        name = service.get("container_name")
        if name in taken:
            place = where(("services", key, "container_name"))
            raise ComposeError(
                place,
                "{0!r} is the name of services.{1} too".format(name, taken[name]),
                "change one",
            )
        taken.update({name: key} if name else {})


def _same_port(model: Model, where: Where) -> None:
    taken: list[tuple[Port, Path]] = []
    for key, service in section(model, "services").items():
        for index, port in enumerate(service.get("ports") or ()):
            wanted, path = _host_port(port), ("services", key, "ports", index)
            if wanted is None:
                continue
            clash = next((other for found, other in taken if _clash(wanted, found)), None)
            if clash or _copies(service) > 1:
                raise _taken(port, clash, where(path), _copies(service))
            taken.append((wanted, path))


def _taken(port: Model, clash: Path | None, where: str, copies: int) -> ComposeError:
    what = "the host port {0}/{1}".format(port["published"], port.get("protocol") or "tcp")
    if clash is None:
        hint = "publish a range, or no host port"
        return ComposeError(
            where, "{0} can't be published by {1} containers".format(what, copies), hint
        )
    place = "{0}.{1}.{2}[{3}]".format(*clash)
    return ComposeError(
        where, "{0} is taken by {1}".format(what, place), "publish one of them elsewhere"
    )


def _copies(service: Model) -> int:
    scale = service.get("scale")
    replicas = (service.get("deploy") or {}).get("replicas")
    return int(scale if scale is not None else 1 if replicas is None else replicas)


def _host_port(port: Model) -> Port | None:
    published = str(port.get("published") or "")
    if not published.isdigit() or published == "0":
        return None
    return str(port.get("host_ip") or ""), str(port.get("protocol") or "tcp"), int(published)


def _clash(one: Port, other: Port) -> bool:
    return one[1:] == other[1:] and (
        one[0] == other[0] or _covers(one[0], other[0]) or _covers(other[0], one[0])
    )


def _covers(wide: str, narrow: str) -> bool:
    """Whether an address stands for all addresses, the narrow one among them."""
    if wide == "":
        return True
    return wide in EVERYWHERE and bool(narrow) and _version(wide) == _version(narrow)


def _version(address: str) -> int:
    return ipaddress.ip_address(address.partition("%")[0]).version
