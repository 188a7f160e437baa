# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a container leaves to understand why it failed."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import SlipwayError

LINES = 20
STREAM_HEADER = 8


def evidence(outside: t.Any, container: str) -> dict[str, list[str]]:
    """The exit code, the last health checks and the last log lines of a container."""
    try:
        inspect = outside.engine.get("/containers/{0}/json", container) or {}
        raw = outside.engine.text(
            "/containers/{0}/logs", container, stdout=True, stderr=True, tail=str(LINES)
        )
    except SlipwayError as error:
        return {"no evidence": [str(error)]}
    state = inspect.get("State") or {}
    tty = (inspect.get("Config") or {}).get("Tty")
    return {
        "state": _state(state),
        "health log": _health(state.get("Health") or {}),
        "last log lines": lines(raw, bool(tty))[-LINES:],
    }


def _state(state: t.Mapping[str, t.Any]) -> list[str]:
    if not state:
        return []
    words = ["{0}, exit code {1}".format(state.get("Status"), state.get("ExitCode"))]
    return (
        words
        + ([str(state["Error"])] if state.get("Error") else [])
        + (["out of memory"] if state.get("OOMKilled") else [])
    )


def _health(health: t.Mapping[str, t.Any]) -> list[str]:
    return [
        "exit code {0}: {1}".format(entry.get("ExitCode"), str(entry.get("Output", "")).strip())
        for entry in (health.get("Log") or ())[-3:]
    ]


def lines(raw: bytes, tty: bool) -> list[str]:
    """The lines of a log; without a terminal each piece has a header with its length."""
    text = raw if tty else b"".join(_pieces(raw))
    return text.decode("utf-8", "replace").splitlines()


def _pieces(raw: bytes) -> t.Iterator[bytes]:
    while len(raw) >= STREAM_HEADER:
        size = int.from_bytes(raw[4:STREAM_HEADER], "big")
        yield raw[STREAM_HEADER : STREAM_HEADER + size]
        raw = raw[STREAM_HEADER + size :]
