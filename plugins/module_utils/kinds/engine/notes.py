# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The note about the engine in our state directory."""

from __future__ import annotations

import dataclasses
import json
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.facts import (
    NOTE_PATH,
    Note,
    Placed,
)

# Nothing waits for anything, and there is nothing to go back to.
SETTLED: dict[str, t.Any] = {"pending": "", "engine": 0, "before": None, "files": ()}


def read(outside: t.Any) -> Note:
    """What we kept; nothing where there is no note, or none that can be read."""
    try:
        kept = json.loads(outside.read_bytes(NOTE_PATH) or b"{}")
        return Note(
            users=tuple(kept.get("users", ())),
            packages=tuple(kept.get("packages", ())),
            pending=kept.get("pending", ""),
            engine=kept.get("engine", 0),
            before=kept.get("before"),
            files=tuple(Placed(**file) for file in kept.get("files", ())),
            versions=kept.get("versions", {}),
            came=tuple(kept.get("came", ())),
            held=tuple(kept.get("held", ())),
            repository=kept.get("repository", ""),
            moving=tuple(kept.get("moving", ())),
            ranges=tuple(kept.get("ranges", ())),
            contents=None if kept.get("contents") is None else tuple(kept["contents"]),
            placed=tuple(kept.get("placed", ())),
        )
    except (OSError, ValueError, TypeError, AttributeError):
        return Note()


def change(outside: t.Any, **news: t.Any) -> None:
    """Keep something new, and everything else as it was."""
    old = read(outside)
    new = dataclasses.replace(old, **news)
    if new != old:
        outside.write(NOTE_PATH, json.dumps(dataclasses.asdict(new)).encode(), mode=0o600)


def placed(outside: t.Any, names: t.Iterable[str]) -> None:
    """Keep that the host has not taken up yet what these options say."""
    change(outside, placed=tuple(sorted({*read(outside).placed, *names})))


def taken_up(outside: t.Any, name: str) -> None:
    """Keep that the host has taken up what an option's files say."""
    change(outside, placed=tuple(each for each in read(outside).placed if each != name))
