# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What we keep about a user's engine between runs, root-only, a file a user."""

from __future__ import annotations

import dataclasses
import json
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless.facts import Note

PATH = "/var/lib/slipway/rootless-{0}.json"


def read(outside: t.Any, user: str) -> Note:
    """What we kept; nothing where there is no note, or none that can be read."""
    try:
        kept = json.loads(outside.read_bytes(PATH.format(user)) or b"{}")
        return Note(
            subuids=tuple(kept.get("subuids", ())),
            subgids=tuple(kept.get("subgids", ())),
            lingers=kept.get("lingers", False),
            has_unit=kept.get("has_unit", False),
            pending=kept.get("pending", ""),
            engine=kept.get("engine", 0),
            before=kept.get("before", {}),
        )
    except (OSError, ValueError, TypeError, AttributeError):
        return Note()


def change(outside: t.Any, user: str, **news: t.Any) -> None:
    """Keep something new, and everything else as it was; with nothing left to keep, the file goes."""
    old = read(outside, user)
    new = dataclasses.replace(old, **news)
    if new == Note():
        outside.remove(PATH.format(user))
    elif new != old:
        data = json.dumps(dataclasses.asdict(new)).encode()
        outside.write(PATH.format(user), data, mode=0o600)
