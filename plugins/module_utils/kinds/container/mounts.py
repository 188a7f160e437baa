# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A container's mounts by their target, in Compose's words."""

from __future__ import annotations

import posixpath
import re
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.codec import (
    read_boolean,
    read_integer,
    read_mapping,
    read_size,
    read_text,
    show_size,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.field import Codec

VOLUME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]*\Z")
ANONYMOUS = re.compile(r"[0-9a-f]{64}\Z")
TYPES = ("bind", "volume", "tmpfs", "image")
PROPAGATIONS = ("private", "rprivate", "shared", "rshared", "slave", "rslave")
RECURSIONS = ("enabled", "disabled", "writable", "readonly")
IGNORED = ("rw", "cached", "delegated", "consistent", "default")
ACCEPTED = (
    "mounts like data:/var/lib/data, /srv/www:/www:ro or /scratch, "
    "or mappings with type, source, target"
)

Mount = t.Mapping[str, t.Any]


def _one_of(*choices: str) -> t.Callable[[t.Any], str]:
    def read(value: t.Any) -> str:
        if value not in choices:
            raise ValueError("one of {0}".format(", ".join(choices)))
        return str(value)

    return read


def _size_text(value: t.Any) -> str:
    return show_size(read_size(value)).strip("'") if read_size(value) else ""


def _mode_text(value: t.Any) -> str:
    number = int(value, 8) if isinstance(value, str) else read_integer(value)
    return "{0:o}".format(number) if number else ""


# What each type of mount may say beside source, target and read_only, and how that is read.
PARTS: dict[str, dict[str, t.Callable[[t.Any], t.Any]]] = {
    "bind": {
        "propagation": _one_of(*PROPAGATIONS),
        "recursive": _one_of(*RECURSIONS),
        "selinux": _one_of("z", "Z"),
        "create_host_path": read_boolean,
    },
    "volume": {"nocopy": read_boolean, "subpath": read_text, "labels": read_mapping},
    "tmpfs": {"size": _size_text, "mode": _mode_text},
    "image": {"subpath": read_text},
}
# What a part is where nobody says; it is left out, so that saying it is no change.
USUAL = {"propagation": "rprivate", "recursive": "enabled", "create_host_path": True}


def read_mounts(value: t.Any) -> dict[str, dict[str, t.Any]]:
    """Mounts by target; what is usual is left out."""
    if not isinstance(value, (list, tuple)):
        raise ValueError("a list of " + ACCEPTED)
    mounts: dict[str, dict[str, t.Any]] = {}
    for each in value:
        target, mount = read_long(each) if isinstance(each, dict) else read_short(read_text(each))
        if target in mounts:
            raise ValueError("one mount a target, and {0} has two".format(target))
        mounts[target] = mount
    return mounts


def read_short(text: str) -> tuple[str, dict[str, t.Any]]:
    """A mount in the short syntax, which the engine's own binds have as well."""
    source, _colon, rest = text.partition(":")
    target, _colon, options = rest.partition(":")
    if not rest:
        source, target = "", text
    long: dict[str, t.Any] = {
        "type": "bind" if source.startswith("/") else "volume",
        "source": source,
        "target": target,
    }
    for word in filter(None, options.split(",")):
        _read_word(long, word)
    return read_long(long)


def _read_word(long: dict[str, t.Any], word: str) -> None:
    parts = long.setdefault(long["type"], {})
    if word == "ro":
        long["read_only"] = True
    elif word in ("z", "Z"):
        # The engine takes it for volumes as well, where it changes nothing.
        parts.update({"selinux": word} if long["type"] == "bind" else {})
    elif word in PROPAGATIONS:
        parts["propagation"] = word
    elif word == "nocopy":
        parts["nocopy"] = True
    elif word not in IGNORED:
        raise ValueError("options like ro, z, nocopy or rshared, and not {0!r}".format(word))


def read_long(value: Mount) -> tuple[str, dict[str, t.Any]]:
    """A mount in the long syntax: its target, and the rest."""
    kind = value.get("type") or "volume"
    if kind not in TYPES or set(value) - {
        "type",
        "source",
        "target",
        "read_only",
        "consistency",
        *TYPES,
    }:
        raise ValueError(ACCEPTED)
    target, source = read_text(value.get("target") or ""), read_text(value.get("source") or "")
    if not target.startswith("/"):
        raise ValueError("an absolute target, and {0!r} is none".format(target))
    mount: dict[str, t.Any] = {"type": kind}
    if source and kind != "tmpfs" and not (kind == "volume" and ANONYMOUS.match(source)):
        mount["source"] = posixpath.normpath(source) if kind == "bind" else source
    if kind == "volume" and source and not VOLUME.match(source):
        raise ValueError("a volume's name or an absolute path, and {0!r} is neither".format(source))
    if kind == "bind" and not source.startswith("/"):
        raise ValueError("an absolute source of a bind mount, and {0!r} is none".format(source))
    if read_boolean(value.get("read_only") or False):
        mount["read_only"] = True
    parts = _read_parts(kind, value.get(kind) or {})
    return posixpath.normpath(target), {**mount, **({kind: parts} if parts else {})}


def _read_parts(kind: str, given: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    readers = PARTS[kind]
    if set(given) - set(readers):
        raise ValueError("{0} with {1}".format(kind, ", ".join(readers)))
    read = {key: readers[key](value) for key, value in given.items() if value is not None}
    return {
        key: part
        for key, part in read.items()
        if part != USUAL.get(key, False) and part not in ("", {})
    }


def same_mounts(expected: t.Any, found: t.Any) -> bool:
    """The same mounts; whether a missing path would have been made makes no difference."""
    return _compared(expected) == _compared(found)


def _compared(mounts: t.Any) -> dict[str, t.Any]:
    return {target: _without_creation(mount) for target, mount in (mounts or {}).items()}


def _without_creation(mount: Mount) -> dict[str, t.Any]:
    bind = {key: part for key, part in mount.get("bind", {}).items() if key != "create_host_path"}
    rest = {key: part for key, part in mount.items() if key != "bind"}
    return {**rest, **({"bind": bind} if bind else {})}


def is_anonymous(mount: Mount) -> bool:
    """Whether it is a volume without a name."""
    return mount["type"] == "volume" and "source" not in mount


MOUNTS = Codec({"type": "list", "elements": "raw"}, read_mounts)
