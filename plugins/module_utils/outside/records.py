# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The root-only files that hold what was applied, and the key of its digests."""

from __future__ import annotations

import json
import os
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.record import digest
from ansible_collections.slipway.docker.plugins.module_utils.outside.files import read_bytes, write_atomically

KEY, RECORDS = "seal.key", "applied.json"


def state_directory() -> str:
    """Where state is kept: the system's for root, the user's own for anyone else."""
    if os.geteuid() == 0:
        return "/var/lib/slipway"
    base = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
    return os.path.join(base, "slipway")


class Records:
    """A memory in two files; nothing is written before `save`, and then only what has changed."""

    def __init__(self, directory: str) -> None:
        self.directory = directory
        self._key = read_bytes(os.path.join(directory, KEY)) or b""
        self._entries = _load(os.path.join(directory, RECORDS))
        self._changed = False

    def recall(self, kind: str, id: str) -> t.Mapping[str, str] | None:
        """The record of a resource, or None where there is none."""
        return self._entries.get("{0} {1}".format(kind, id))

    def remember(self, kind: str, id: str, record: t.Mapping[str, str]) -> None:
        """Keep the record of a resource."""
        name = "{0} {1}".format(kind, id)
        self._changed = self._changed or self._entries.get(name) != record
        self._entries[name] = dict(record)

    def forget(self, kind: str, id: str) -> None:
        """Drop the record of a resource that is gone."""
        self._changed = self._entries.pop("{0} {1}".format(kind, id), None) is not None or self._changed

    def seal(self, value: t.Any) -> str:
        """A digest of a value, keyed with this host's key."""
        if not self._key:
            # A seal that nobody can repeat would make the next run see a change.
            self._key, self._changed = os.urandom(32), True
        return digest(self._key, value)

    def save(self) -> None:
        """Write what has changed, each file in one move."""
        if not self._changed:
            return
        write_atomically(os.path.join(self.directory, KEY), self._key, mode=0o600)
        write_atomically(os.path.join(self.directory, RECORDS), json.dumps(self._entries).encode(), mode=0o600)
        self._changed = False


def _load(path: str) -> dict[str, dict[str, str]]:
    try:
        entries = json.loads(read_bytes(path) or b"{}")
    except ValueError:
        return {}
    return entries if isinstance(entries, dict) else {}
