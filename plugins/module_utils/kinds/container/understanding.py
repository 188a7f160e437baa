# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A container as it was found, in the user's words, without what the engine adds on its own."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.kinds.container import networks
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.fields import (
    from_engine,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.names import (
    ASKED,
    asked,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.ports import parse
from ansible_collections.slipway.docker.plugins.module_utils.kinds.labels import own_labels

FROM_IMAGE = (
    "command",
    "entrypoint",
    "environment",
    "user",
    "working_dir",
    "labels",
    "healthcheck",
    "stop_signal",
    "expose",
    "volumes",
)
JOINED = ("network_mode", "ipc", "pid")
Values = t.Dict[str, t.Any]
Inspect = t.Mapping[str, t.Any]


@dataclasses.dataclass(frozen=True)
class Context:
    """What has to be known beside the container.

    ``wanted``: its fields, with ``options``; ``image``: what it is made of, ``now``: what the
    wanted name stands for; ``names``: of all containers, by id; ``info``: of the engine, where
    that tells what a field is if nobody asks.
    """

    wanted: t.Mapping[str, t.Any]
    options: t.Mapping[str, t.Any]
    image: Inspect | None
    now: Inspect | None
    names: t.Mapping[str, str]
    info: Inspect


def understand(inspect: Inspect, context: Context) -> tuple[Values, Values]:
    """The fields of a container, and what each would be if nobody had asked."""
    found = from_engine(inspect)
    defaults = image_defaults(found, context)
    for adjust in ADJUSTMENTS:
        adjust(inspect, context, found, defaults)
    found = {name: value for name, value in found.items() if value is not None}
    # Who names no image speaks of the container's state alone, so nothing was taken out either.
    return found, defaults if context.wanted.get("image") else dict(found)


def image_defaults(found: t.Mapping[str, t.Any], context: Context) -> Values:
    """What the image sets; where the image is gone, what is found has to serve."""
    source = (
        found
        if context.image is None
        else from_engine({"Config": context.image.get("Config") or {}})
    )
    return {name: source[name] for name in FROM_IMAGE if name in source}


def short(id: str) -> str:
    """An id as Docker shows it."""
    return id.rpartition(":")[2][:12]


def full_reference(name: str) -> str:
    """An image's name with all that is implied."""
    name = name[len("docker.io/") :] if name.startswith("docker.io/") else name
    name = name[len("library/") :] if name.startswith("library/") else name
    return name if "@" in name or ":" in name.rpartition("/")[2] else name + ":latest"


def _image(inspect: Inspect, context: Context, found: Values, defaults: Values) -> None:
    wanted, id = context.wanted.get("image"), inspect.get("Image", "")
    if not wanted:
        return
    now = context.now.get("Id") if context.now else None
    named = found.get("image", "")
    if not (named == id or full_reference(named) == full_reference(wanted)):
        return
    if now in (None, id):
        found["image"] = wanted
    else:
        found["image"], defaults["image"] = (
            "{0} ({1})".format(wanted, short(id)),
            short(t.cast(str, now)),
        )


def _platform(_inspect: Inspect, context: Context, found: Values, defaults: Values) -> None:
    asked_for = context.wanted.get("platform") or ""
    parts = [(context.image or {}).get(key) or "" for key in ("Os", "Architecture", "Variant")]
    text = "/".join(filter(None, parts)) or asked_for
    same = (text + "/").startswith(normal_platform(asked_for) + "/")
    found["platform"] = defaults["platform"] = asked_for if same else text


def normal_platform(text: str) -> str:
    """A platform in the words that images use."""
    words = {
        "x86_64": "amd64",
        "x86-64": "amd64",
        "aarch64": "arm64",
        "armhf": "arm/v7",
        "armel": "arm/v6",
    }
    return "/".join(words.get(part, part) for part in text.lower().split("/"))


def _command(_inspect: Inspect, context: Context, _found: Values, defaults: Values) -> None:
    if context.wanted.get("entrypoint"):
        defaults["command"] = []


def _hostname(inspect: Inspect, _context: Context, found: Values, _defaults: Values) -> None:
    if found.get("hostname") == inspect["Id"][:12]:
        del found["hostname"]


def _labels(_inspect: Inspect, context: Context, _found: Values, defaults: Values) -> None:
    added = own_labels(context.options.get("own_labels")) or {}
    defaults["labels"] = {**defaults.get("labels", {}), **added}


def _others(_inspect: Inspect, context: Context, found: Values, _defaults: Values) -> None:
    for name in JOINED:
        word, colon, other = str(found.get(name) or "").partition(":")
        if word == "container" and colon:
            found[name] = "container:{0}".format(context.names.get(other, other))
    if "volumes_from" in found:
        parts = (member.partition(":") for member in found["volumes_from"])
        found["volumes_from"] = [
            context.names.get(other, other) + colon + mode for other, colon, mode in parts
        ]


def _network_mode(_inspect: Inspect, context: Context, found: Values, defaults: Values) -> None:
    wanted, mode = context.wanted.get("networks") or {}, found.get("network_mode")
    defaults["network_mode"] = mode if mode in wanted else None if wanted else "bridge"
    if not wanted and context.wanted.get("network_mode", "bridge") == "bridge":
        defaults["networks"] = {"bridge": {}}


def _networks(inspect: Inspect, context: Context, found: Values, _defaults: Values) -> None:
    wanted = context.wanted.get("networks") or {}
    in_order = bool(wanted) and networks.first(wanted) == found.get("network_mode")
    for name, end in found["networks"].items():
        said = wanted.get(name, {})
        path = "networks.{0}.mac_address".format(name)
        told = end.pop("mac_address", None)
        address = _hardware_address(inspect, path, told, said.get("mac_address"))
        end.update({"mac_address": address} if address else {})
        _leave_out_hostname(inspect, name, end, said)
        if "priority" in said and in_order:
            end["priority"] = said["priority"]
    found["networks"] = found["networks"] or None


def _leave_out_hostname(
    inspect: Inspect, network: str, end: dict[str, t.Any], said: t.Mapping[str, t.Any]
) -> None:
    """Engines before 26 add it as an alias, beside the short id, unless that was asked for."""
    told = inspect["NetworkSettings"]["Networks"][network].get("Aliases") or ()
    name = (inspect.get("Config") or {}).get("Hostname")
    if inspect["Id"][:12] in told and name not in said.get("aliases", ()):
        aliases = [alias for alias in end.pop("aliases", ()) if alias != name]
        end.update({"aliases": aliases} if aliases else {})


def _mac_address(inspect: Inspect, context: Context, found: Values, _defaults: Values) -> None:
    ends = (inspect.get("NetworkSettings") or {}).get("Networks") or {}
    told = (ends.get(found.get("network_mode")) or {}).get("MacAddress")
    address = found.get("mac_address") or told
    wanted = context.wanted.get("mac_address")
    found["mac_address"] = _hardware_address(inspect, "mac_address", address, wanted)


def _hardware_address(inspect: Inspect, path: str, told: t.Any, wanted: t.Any) -> t.Any:
    """The address if it was asked for; an engine tells that of a running container only."""
    if path in asked_at_creation(inspect):
        return told or wanted
    return told if wanted else None


def _logging(inspect: Inspect, context: Context, found: Values, defaults: Values) -> None:
    logging = found.get("logging") or {}
    told = asked_for(inspect, context)
    options = {
        name: text
        for name, text in logging.get("options", {}).items()
        if "logging.{0}".format(name) in told
    }
    found["logging"] = {key: part for key, part in {**logging, "options": options}.items() if part}
    defaults["logging"] = {"driver": logging["driver"]} if "driver" in logging else {}


def _ulimits(inspect: Inspect, context: Context, found: Values, _defaults: Values) -> None:
    told = asked_for(inspect, context)
    limits = {
        name: limit
        for name, limit in (found.get("ulimits") or {}).items()
        if "ulimits.{0}".format(name) in told
    }
    found["ulimits"] = limits or None


def asked_for(inspect: Inspect, context: Context) -> set[str]:
    """What the user asked for, at its creation or now, among what the engine adds to on its own."""
    return asked_at_creation(inspect) | {*asked(context.wanted).split()}


def asked_at_creation(inspect: Inspect) -> set[str]:
    """The same at its creation, as its label tells."""
    labels = (inspect.get("Config") or {}).get("Labels") or {}
    return {*labels.get(ASKED, "").split()}


def _engine(_inspect: Inspect, context: Context, _found: Values, defaults: Values) -> None:
    if context.info:
        defaults["cgroup"] = "private" if context.info.get("CgroupVersion") == "2" else "host"
        defaults["runtime"] = context.info.get("DefaultRuntime")
        defaults["logging"] = {"driver": context.info.get("LoggingDriver")}


def _memory(_inspect: Inspect, context: Context, _found: Values, defaults: Values) -> None:
    defaults["memswap_limit"] = 2 * context.wanted.get("mem_limit", 0) or None


def _security(inspect: Inspect, _context: Context, found: Values, defaults: Values) -> None:
    host = inspect.get("HostConfig") or {}
    opened = host.get("Privileged") or "host" in (host.get("PidMode"), host.get("IpcMode"))
    if opened and "label=disable" in found.get("security_opt", ()):
        defaults["security_opt"] = ["label=disable"]


def _expose(_inspect: Inspect, _context: Context, found: Values, defaults: Values) -> None:
    published = [parse(text) for text in found.get("ports", ())]
    targets = [
        str(port.target) + ("" if port.protocol == "tcp" else "/" + port.protocol)
        for port in published
    ]
    defaults["expose"] = [*defaults.get("expose", ()), *targets]


ADJUSTMENTS = (
    _image,
    _platform,
    _command,
    _hostname,
    _labels,
    _others,
    _network_mode,
    _networks,
    _mac_address,
    _logging,
    _ulimits,
    _memory,
    _security,
    _expose,
    _engine,
)
