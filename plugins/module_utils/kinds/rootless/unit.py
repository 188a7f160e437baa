# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The unit of a user's engine as text: written from what is wanted, and read again."""

from __future__ import annotations

import re
import typing as t

MARK = "# slipway.docker writes this file anew."
# What of an engine belongs to its unit: the same as in the one that Docker's own tool writes.
TEXT = """\
{mark}
[Unit]
Description=Docker engine of {user} (rootless)
Documentation=https://docs.docker.com/go/rootless/

[Service]
Type=notify
NotifyAccess=all
Environment=PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
{environment}ExecStart={script}
ExecReload=/bin/kill -s HUP $MAINPID
TimeoutSec=0
RestartSec=2
Restart=always
StartLimitBurst=3
StartLimitInterval=60s
LimitNOFILE=infinity
LimitNPROC=infinity
LimitCORE=infinity
TasksMax=infinity
Delegate=yes
KillMode=mixed

[Install]
WantedBy=default.target
"""
VARIABLE = re.compile(r'^Environment="(\w+)=(.*)"$', re.MULTILINE)
NAME = re.compile(r"[A-Za-z_]\w*\Z", re.ASCII)
ESCAPED = (("\\", "\\\\"), ('"', '\\"'), ("%", "%%"))


def render(user: str, script: str, environment: t.Mapping[str, str]) -> str:
    """The unit's text; `script` is the program that enters the namespaces and starts the engine."""
    lines = [
        'Environment="{0}={1}"\n'.format(name, _escaped(environment[name]))
        for name in sorted(environment)
    ]
    return TEXT.format(mark=MARK, user=user, script=script, environment="".join(lines))


def environment(text: str | None) -> dict[str, str]:
    """The variables that a unit of ours gives its engine."""
    return {name: _plain(value) for name, value in VARIABLE.findall(text or "")}


def is_ours(text: str) -> bool:
    """Whether we wrote a unit."""
    return text.startswith(MARK)


def _escaped(value: str) -> str:
    for sign, written in ESCAPED:
        value = value.replace(sign, written)
    return value


def _plain(value: str) -> str:
    return re.sub(r"\\(.)|%%", lambda found: found.group(1) or "%", value)
