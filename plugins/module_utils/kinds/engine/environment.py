# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables that the engine is started with, its proxies among them, as its manager has them."""

from __future__ import annotations

import re
import shlex
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.codec import read_mapping
from ansible_collections.slipway.docker.plugins.module_utils.core.field import (
    Codec,
    Effect,
    Field,
)

DROP_IN = "/etc/systemd/system/docker.service.d/slipway-environment.conf"
# Both Debian's init script and our supervisor read it, as a shell does.
DEFAULTS = "/etc/default/docker"
HEAD = "# Written by slipway.docker; changes made here are undone.\n[Service]\n"
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
LINE = re.compile(r'Environment="([A-Za-z_][A-Za-z0-9_]*)=(.*)"\Z')
ESCAPED = re.compile(r'\\(["\\])')
PROXIES = {"http": "HTTP_PROXY", "https": "HTTPS_PROXY", "no_proxy": "NO_PROXY"}


def read(value: t.Any) -> dict[str, str]:
    """Names and texts that both a unit and a shell can say."""
    variables: dict[str, str] = read_mapping(value)
    for name, text in variables.items():
        if not NAME.match(name):
            raise ValueError("names of letters, digits and _ (found {0!r})".format(name))
        if not text.isprintable():
            raise ValueError(
                "texts of one line ({0} has more, or signs to be seen by nobody)".format(name)
            )
    return variables


FIELD = Field("environment", Codec({"type": "raw"}, read), effect=Effect.RESTART)


def declared(variables: t.Mapping[str, t.Any], proxies: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """The engine's environment: its proxies by their variables, and what is asked for by name."""
    given = {name: proxies.get(option) for option, name in PROXIES.items()}
    return {**{name: text for name, text in given.items() if text}, **variables}


def render_drop_in(variables: t.Mapping[str, str]) -> str:
    """A drop-in of docker.service; a percent sign would be a specifier to systemd."""
    lines = (
        'Environment="{0}={1}"\n'.format(name, _escape(variables[name]))
        for name in sorted(variables)
    )
    return HEAD + "".join(lines)


def parse_drop_in(text: str) -> dict[str, str]:
    """The variables of a drop-in that we wrote."""
    found = (LINE.match(line) for line in text.splitlines())
    return {line.group(1): _unescape(line.group(2)) for line in found if line}


def render_exports(variables: t.Mapping[str, str]) -> str:
    """Lines of a shell."""
    return "".join(
        "export {0}={1}\n".format(name, shlex.quote(variables[name])) for name in sorted(variables)
    )


def parse_exports(text: str) -> dict[str, str]:
    """The variables of lines that we wrote."""
    try:
        words = [word.partition("=") for word in shlex.split(text) if word != "export"]
    except ValueError:
        return {}
    return {name: value for name, _sign, value in words if name}


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")


def _unescape(text: str) -> str:
    return ESCAPED.sub(r"\1", text.replace("%%", "%"))
