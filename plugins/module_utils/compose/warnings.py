# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Compose accepts and its user hardly meant."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.compose import shellwords
from ansible_collections.slipway.docker.plugins.module_utils.compose.tree import (
    Path,
    Where,
    section,
)

Finding = t.Tuple[Path, str]


def of(model: t.Mapping[str, t.Any], where: Where) -> list[str]:
    """The warnings about a canonical model, each with its place."""
    found = []
    for name, service in section(model, "services").items():
        for path, text in [*_cut_commands(service), *_odd_targets(service)]:
            found.append("{0}: {1}".format(where(("services", name) + path), text))
    return found


def _cut_commands(service: t.Any) -> t.Iterator[Finding]:
    for key in ("command", "entrypoint"):
        value = service.get(key) if isinstance(service, dict) else None
        rest = _rest(value) if isinstance(value, str) else ""
        if rest:
            yield (
                (key,),
                "{0!r} isn't used, since no shell reads it; write sh -c '...'".format(rest),
            )


def _rest(value: str) -> str:
    try:
        return shellwords.split(value)[1]
    except ValueError:
        return ""


def _odd_targets(service: t.Any) -> t.Iterator[Finding]:
    mounts = service.get("volumes") if isinstance(service, dict) else None
    for index, mount in enumerate(mounts if isinstance(mounts, list) else ()):
        target = mount.get("target") if isinstance(mount, dict) else None
        if isinstance(target, str) and target and not target.startswith("/"):
            text = "the target {0!r} counts from the container's root; write SOURCE:/TARGET"
            yield ("volumes", index), text.format(target)
