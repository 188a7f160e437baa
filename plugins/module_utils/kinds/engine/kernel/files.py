# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options about the kernel, and the files by which the host keeps them over a boot."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.codec import (
    read_list,
    read_mapping,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.field import (
    Codec,
    Effect,
    Field,
    as_set,
)

MODULES_PATH = "/etc/modules-load.d/slipway-docker.conf"
# The last file wins, and vendors and the host's own /etc/sysctl.conf come as 99-something.
SYSCTLS_PATH = "/etc/sysctl.d/99-zz-slipway-docker.conf"
HEAD = "# Written by slipway.docker; changes made here are undone.\n"
MODULE = re.compile(r"[A-Za-z0-9_-]+\Z")
SETTING = re.compile(r"[A-Za-z0-9_-]+(?:[./][A-Za-z0-9_@:-]+)+\Z")
SETTINGS = "/proc/sys/"


def read_modules(value: t.Any) -> list[str]:
    """Names of modules, as the kernel spells them."""
    names = read_list(value)
    for name in names:
        if not MODULE.match(name):
            raise ValueError("names of kernel modules (found {0!r})".format(name))
    return list(dict.fromkeys(name.replace("-", "_") for name in names))


def read_sysctls(value: t.Any) -> dict[str, str]:
    """Names of settings and their values, each on one line."""
    if not isinstance(value, dict):
        raise ValueError("a mapping of settings such as net.ipv4.ip_forward")
    numbers = {name: int(text) if isinstance(text, bool) else text for name, text in value.items()}
    settings = {name: " ".join(text.split()) for name, text in read_mapping(numbers).items()}
    for name, text in settings.items():
        if not SETTING.match(name) or ".." in name:
            raise ValueError("names such as net.ipv4.ip_forward (found {0!r})".format(name))
        if not text or not text.isprintable():
            raise ValueError("a value for each setting ({0} has none)".format(name))
    return settings


def path_of(name: str) -> str:
    """Where the kernel has a setting; what comes first of dot and slash is what separates."""
    dot, slash = name.find("."), name.find("/")
    if slash == -1 or -1 < dot < slash:
        name = name.translate({ord("."): "/", ord("/"): "."})
    return SETTINGS + name


def render_modules(names: t.Sequence[str]) -> str:
    """A file of modules-load.d."""
    return HEAD + "".join("{0}\n".format(name) for name in names)


def parse_modules(text: str) -> list[str]:
    """The modules of a file that we wrote."""
    return [line for line in text.splitlines() if MODULE.match(line)]


def render_sysctls(settings: t.Mapping[str, str]) -> str:
    """A file of sysctl.d."""
    return HEAD + "".join("{0} = {1}\n".format(*pair) for pair in sorted(settings.items()))


def parse_sysctls(text: str) -> dict[str, str]:
    """The settings of a file that we wrote."""
    pairs = (line.partition(" = ") for line in text.splitlines())
    return {name: value for name, sign, value in pairs if sign}


MODULES = Field(
    "kernel_modules", Codec({"type": "raw"}, read_modules), match=as_set, effect=Effect.UPDATE
)
SYSCTLS = Field("sysctls", Codec({"type": "raw"}, read_sysctls), effect=Effect.UPDATE)
