# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of what runs in a container, and how it is started, watched and stopped."""

from __future__ import annotations

import posixpath
import re
import shlex
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.codec import (
    BOOLEAN,
    MAPPING,
    TEXT,
    read_duration,
    read_list,
    read_mapping,
    read_text,
    show_duration,
    unless,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.field import (
    Codec,
    Effect,
    Field,
    overlaid,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.healthcheck import (
    HEALTHCHECK,
    over_the_images,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.matching import (
    unset_is_nothing,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.labels import LABELS

SECOND = 10**9
RESTART = re.compile(r"(no|always|unless-stopped|on-failure)(?::([0-9]+))?\Z")


def read_words(value: t.Any) -> list[str]:
    """A list of words, or one text that is split as a shell would."""
    if not isinstance(value, str):
        return read_list(value)
    try:
        return shlex.split(value)
    except ValueError as error:
        raise ValueError("words with their quotes closed ({0})".format(error)) from None


def read_environment(value: t.Any) -> dict[str, str | None]:
    """Names to texts; a name without a text takes the image's variable away."""
    if isinstance(value, (list, tuple)):
        pairs = (read_text(member).partition("=") for member in value)
        return {name: text if sign else None for name, sign, text in pairs}
    if isinstance(value, dict):
        return {
            read_text(name): None if text is None else read_text(text)
            for name, text in value.items()
        }
    raise ValueError("a mapping, or a list of NAME=value")


def environment_to_engine(value: t.Mapping[str, str | None]) -> list[str]:
    """The engine's list of `NAME=value`."""
    return [name if text is None else "{0}={1}".format(name, text) for name, text in value.items()]


def read_restart(value: t.Any) -> str:
    """A restart policy; YAML's bare `no` is one too."""
    text = read_text(value)
    text = "no" if text.lower() == "false" else text
    match = RESTART.match(text)
    if not match or (match.group(2) and match.group(1) != "on-failure"):
        raise ValueError("no, always, unless-stopped, on-failure or on-failure:3")
    return text if int(match.group(2) or 0) else match.group(1)


def restart_to_engine(value: str) -> dict[str, t.Any]:
    """The engine's policy with its count."""
    name, _colon, count = value.partition(":")
    return {"Name": name, "MaximumRetryCount": int(count or 0)}


def restart_from_engine(value: t.Any) -> str | None:
    """The policy as Compose spells it."""
    if not value or not value.get("Name"):
        return None
    count = value.get("MaximumRetryCount")
    return "{0}:{1}".format(value["Name"], count) if count else str(value["Name"])


def read_seconds(value: t.Any) -> int:
    """Nanoseconds in whole seconds, since the engine takes no parts of them."""
    return -(-read_duration(value) // SECOND) * SECOND


def read_signal(value: t.Any) -> str:
    """A signal by its name with `SIG`, or its number."""
    text = read_text(value).upper()
    return text if text.isdigit() or text.startswith("SIG") or not text else "SIG" + text


def read_path(value: t.Any) -> str:
    """A path without detours."""
    text = read_text(value)
    return posixpath.normpath(text) if text else text


def read_logging(value: t.Any) -> dict[str, t.Any]:
    """A log driver and its options."""
    if not isinstance(value, dict) or set(value) - {"driver", "options"}:
        raise ValueError("a mapping with driver and options")
    read = {
        "driver": read_text(value.get("driver") or ""),
        "options": read_mapping(value.get("options") or {}),
    }
    return {key: part for key, part in read.items() if part}


def logging_to_engine(value: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """The engine's log configuration; without a driver it is the engine's own."""
    return {"Type": value.get("driver", ""), "Config": value.get("options", {})}


def logging_from_engine(value: t.Any) -> dict[str, t.Any] | None:
    """The driver and its options as Compose spells them."""
    return (
        read_logging({"driver": value.get("Type"), "options": value.get("Config")}) or None
        if value
        else None
    )


WORDS = Codec({"type": "raw"}, read_words, from_engine=lambda value: list(value or ()))
ENVIRONMENT = Codec(
    {"type": "raw"},
    read_environment,
    environment_to_engine,
    lambda value: read_environment(value or []),
)
POLICY = Codec({"type": "str"}, read_restart, restart_to_engine, restart_from_engine)
SECONDS = Codec(
    {"type": "raw"},
    read_seconds,
    lambda value: value // SECOND,
    lambda value: None if value is None else value * SECOND,
    show_duration,
)
SIGNAL = Codec(
    {"type": "str"}, read_signal, from_engine=lambda value: read_signal(value) if value else None
)
PATH = Codec(
    {"type": "str"}, read_path, from_engine=lambda value: read_path(value) if value else None
)
LOGGING = Codec({"type": "dict"}, read_logging, logging_to_engine, logging_from_engine)
MAYBE = Codec({"type": "bool"}, BOOLEAN.read, from_engine=unless())

PROCESS = (
    Field(
        "image",
        TEXT,
        merge=lambda content, name: "{0} ({1})".format(name, content) if content else name,
        names="image",
    ),
    Field("platform", TEXT, since="1.41"),
    Field("command", WORDS, ("Config", "Cmd")),
    Field("entrypoint", WORDS, ("Config", "Entrypoint")),
    Field("environment", ENVIRONMENT, ("Config", "Env"), merge=overlaid, aliases=("env",)),
    Field("user", TEXT, ("Config", "User")),
    Field("working_dir", PATH, ("Config", "WorkingDir")),
    Field("tty", BOOLEAN, ("Config", "Tty"), match=unset_is_nothing),
    Field(
        "stdin_open",
        BOOLEAN,
        ("Config", "OpenStdin"),
        match=unset_is_nothing,
        aliases=("interactive",),
    ),
    Field("init", MAYBE, ("HostConfig", "Init"), match=unset_is_nothing),
    Field("labels", LABELS, ("Config", "Labels"), merge=overlaid),
    Field("annotations", MAPPING, ("HostConfig", "Annotations"), since="1.43"),
    Field("healthcheck", HEALTHCHECK, ("Config", "Healthcheck"), merge=over_the_images),
    Field(
        "restart",
        POLICY,
        ("HostConfig", "RestartPolicy"),
        effect=Effect.UPDATE,
        default="no",
        aliases=("restart_policy",),
    ),
    Field("stop_signal", SIGNAL, ("Config", "StopSignal"), default="SIGTERM"),
    Field(
        "stop_grace_period",
        SECONDS,
        ("Config", "StopTimeout"),
        default=10 * SECOND,
        aliases=("stop_timeout",),
    ),
    Field("logging", LOGGING, ("HostConfig", "LogConfig"), merge=overlaid),
)
