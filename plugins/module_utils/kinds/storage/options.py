# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mount options: which ones a driver takes, how they are read, and why others are refused."""

from __future__ import annotations

import difflib
import re
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.codec import (
    read_boolean,
    read_integer,
    read_text,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.core.hide import is_secret

Read = t.Callable[[t.Any], str]
Table = t.Mapping[str, Read]
PLAIN = re.compile(r"[^\s,\"'%$\\\x00-\x20]+\Z")
# What an option is when it is on, and when it is off: an option that is off isn't said at all.
ON, OFF = "", "off"


def flag(value: t.Any) -> str:
    """An option that is there or not."""
    return ON if read_boolean(value) else OFF


def whole(value: t.Any) -> str:
    """An option whose value is a whole number, not below zero."""
    number = read_integer(value)
    if number < 0:
        raise ValueError("a whole number from 0 on")
    return str(number)


def plain(value: t.Any) -> str:
    """An option whose value is a word: of other signs systemd, mount or a shell would make more."""
    text = read_text(value)
    if not PLAIN.match(text):
        raise ValueError(
            "a word without spaces, commas, quotes, backslashes, percent and dollar signs"
        )
    return text


def one_of(*words: str) -> Read:
    """An option whose value is one of these words."""

    def read(value: t.Any) -> str:
        text = read_text(value)
        if text not in words:
            raise ValueError("one of {0}".format(", ".join(words)))
        return text

    return read


YES_OR_NO = one_of("yes", "no")


def octal(value: t.Any) -> str:
    """An option whose value is a mode, such as 0750."""
    text = read_text(value)
    if not re.match(r"0?[0-7]{3,4}\Z", text):
        raise ValueError("a mode in quotes, such as '0750'")
    return text


# What the kernel does for every file system.
COMMON: Table = {
    "nosuid": flag, "nodev": flag, "noexec": flag, "noatime": flag, "relatime": flag, "sync": flag,
    "dirsync": flag,
}  # fmt: skip
# The flags that the kernel tells of each mount, so that a mount by hand can't hide them.
TOLD = ("ro", "nosuid", "nodev", "noexec", "noatime")
REASONS: t.Mapping[str, str] = {
    "ro": "say it by access: rox",
    "rw": "say it by access: rwx or rwo",
    "_netdev": "it is added where it belongs",
    "nofail": "say it by required: false",
    "auto": "the unit is started with the engine",
    "noauto": "the unit is started with the engine",
    "user": "the mount is root's alone",
    "users": "the mount is root's alone",
    "defaults": "leave it out",
    "bg": "the engine would not wait for it, and bg hides that nothing is mounted",
    "fg": "leave it out",
    "retry": "the unit gives up after 30 seconds, so that the engine starts",
    "intr": "kernels ignore it since 2.6.25",
    "sloppy": "it hides mistakes",
    "bind": "say it by driver: bind",
    "rbind": "what is mounted below a share isn't taken along",
    "remount": "a changed option is taken up by itself",
    "password": "say it by secret.password, which no list of processes shows",
    "pass": "say it by secret.password, which no list of processes shows",
    "username": "say it by secret.username",
    "credentials": "the file is made of secret",
    "IdentityFile": "the file is made of secret.key",
    "password_stdin": "a key can be kept from others, a password typed at a mount can't",
    "StrictHostKeyChecking": "it is always yes; say the key by source.host_keys",
    "UserKnownHostsFile": "the file is made of source.host_keys",
    "ssh_command": "it would run whatever it says, as root",
    "port": "say it by source.port",
    "addr": "it is the address of source.server",
}
AUTOMOUNT = "an automount shows containers too many levels of symbolic links"


def read(
    where: str, table: Table, declared: t.Mapping[str, t.Any], defaults: t.Mapping[str, str]
) -> dict[str, str]:
    """The options as they are mounted with, or an error that names the one that isn't accepted."""
    chosen = {**defaults, **{name: _read(where, table, name, declared[name]) for name in declared}}
    return {name: value for name, value in sorted(chosen.items()) if value != OFF}


def render(options: t.Mapping[str, str]) -> str:
    """Options as mount takes them."""
    words = ("{0}={1}".format(name, value) if value else name for name, value in options.items())
    return ",".join(words)


def _read(where: str, table: Table, name: str, value: t.Any) -> str:
    place = "{0}.{1}".format(where, name)
    reader = table.get(name)
    if reader is None:
        raise InputError(place, "no such option here", why_not(name, tuple(table)))
    try:
        return reader(value)
    except ValueError as error:
        found = "a value" if is_secret(name) else repr(value)
        raise InputError(
            place, "found {0}".format(found), "accepted is {0}".format(error)
        ) from None


def why_not(name: str, known: t.Sequence[str]) -> str:
    """What to do about an option that isn't accepted."""
    if name in REASONS:
        return REASONS[name]
    if name.startswith("x-systemd."):
        return AUTOMOUNT if "automount" in name else "the unit is ours, and says it already"
    near = difflib.get_close_matches(name, known, 1)
    if near:
        return "did you mean {0}?".format(near[0])
    return "accepted are: {0}".format(", ".join(sorted(known)))
