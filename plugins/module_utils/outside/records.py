# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The root-only files that hold what was applied, and the key of its digests."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import SlipwayError
from ansible_collections.slipway.docker.plugins.module_utils.core.record import digest
from ansible_collections.slipway.docker.plugins.module_utils.outside.files import (
    read_bytes,
    write_atomically,
)

KEY, RECORDS, LOCK = "seal.key", "applied.json", "applied.lock"
Entries = t.Dict[str, t.Dict[str, str]]


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
        self._key = read_bytes(self._path(KEY)) or b""
        self._key_is_new = False
        self.is_saved = False
        self._entries = _load(self._path(RECORDS))
        self._news: dict[str, dict[str, str] | None] = {}

    def recall(self, kind: str, id: str) -> t.Mapping[str, str] | None:
        """The record of a resource, or None where there is none."""
        name = _name(kind, id)
        return self._news[name] if name in self._news else self._entries.get(name)

    def remember(self, kind: str, id: str, record: t.Mapping[str, str]) -> None:
        """Keep the record of a resource."""
        if self.recall(kind, id) != record:
            self._news[_name(kind, id)] = dict(record)

    def forget(self, kind: str, id: str) -> None:
        """Drop the record of a resource that is gone."""
        if self.recall(kind, id) is not None:
            self._news[_name(kind, id)] = None

    def seal(self, value: t.Any) -> str:
        """A digest of a value, keyed with this host's key."""
        if not self._key:
            # A seal that nobody can repeat would make the next run see a change.
            self._key, self._key_is_new = os.urandom(32), True
        return digest(self._key, value)

    def save(self) -> None:
        """Write what has changed, each file in one move; what other runs wrote since stays."""
        self.is_saved = True
        if not (self._news or self._key_is_new):
            return
        try:
            os.makedirs(self.directory, mode=0o700, exist_ok=True)
            with self._locked():
                self._write()
        except OSError as error:
            raise SlipwayError(
                self.directory,
                "what was applied can't be written down ({0})".format(error),
                "until it can, an option that is taken out of the playbook may go unnoticed",
            ) from error

    def _write(self) -> None:
        if self._key_is_new and not read_bytes(self._path(KEY)):
            write_atomically(self._path(KEY), self._key, mode=0o600)
        merged = {**_load(self._path(RECORDS)), **self._news}
        self._entries = {name: entry for name, entry in merged.items() if entry is not None}
        write_atomically(self._path(RECORDS), json.dumps(self._entries).encode(), mode=0o600)
        self._news, self._key_is_new = {}, False

    @contextlib.contextmanager
    def _locked(self) -> t.Iterator[None]:
        with open(self._path(LOCK), "w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _path(self, name: str) -> str:
        return os.path.join(self.directory, name)


def _name(kind: str, id: str) -> str:
    return "{0} {1}".format(kind, id)


def _load(path: str) -> Entries:
    try:
        entries = json.loads(read_bytes(path) or b"{}")
    except ValueError:
        return {}
    if not isinstance(entries, dict):
        return {}
    return {name: entry for name, entry in entries.items() if isinstance(entry, dict)}
