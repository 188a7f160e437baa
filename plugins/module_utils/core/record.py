# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The record of what was applied: a sealed digest a field, never a value."""

from __future__ import annotations

import hashlib
import hmac
import json
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.field import Field

LABEL = "slipway.applied"
# Records are kept by id, so that another thing of the same name has none; what the last run left
# under a name is kept as if it were of a kind of its own.
LAST = "last {0}"


class Memory(t.Protocol):
    """Where records are kept between runs."""

    def recall(self, kind: str, id: str) -> t.Mapping[str, str] | None:
        """The record of a resource, or None where there is none."""

    def remember(self, kind: str, id: str, record: t.Mapping[str, str]) -> None:
        """Keep the record of a resource."""

    def forget(self, kind: str, id: str) -> None:
        """Drop the record of a resource that is gone."""

    def seal(self, value: t.Any) -> str:
        """A keyed digest of a value."""

    def save(self) -> None:
        """Make what was remembered last, or raise a SlipwayError."""


def digest(key: bytes, value: t.Any) -> str:
    """Twelve digits of a value's HMAC: they tell a change, and no secret to who lacks the key."""
    text = json.dumps(value, sort_keys=True, default=str, separators=(",", ":"))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:12]


def record(
    fields: t.Iterable[Field], declared: t.Mapping[str, t.Any], seal: t.Callable[[t.Any], str]
) -> dict[str, str]:
    """The record of what is declared for a resource."""
    names = (field.name for field in fields)
    return {name: seal(declared[name]) for name in names if declared.get(name) is not None}


def to_label(entries: t.Mapping[str, str]) -> str:
    """A record as the text of a label."""
    return json.dumps(entries, sort_keys=True, separators=(",", ":"))


def from_label(text: str | None) -> dict[str, str]:
    """The record in a label; a text that isn't one is no record."""
    try:
        entries = json.loads(text or "{}")
    except ValueError:
        return {}
    if not isinstance(entries, dict):
        return {}
    return {str(name): str(value) for name, value in entries.items()}
