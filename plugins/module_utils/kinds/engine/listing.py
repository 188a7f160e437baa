# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Docker's repository on a host: looked at, declared, proven, and taken away again."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import (
    notes,
    openpgp,
    repository,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.facts import (
    RepositoryFacts,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.managers import MANAGERS

ADDRESS = re.compile(r"[a-z]+://[^\s,]+")


def look(outside: t.Any, manager: str, is_wanted: bool) -> RepositoryFacts:
    """What our files say; what others say is asked only before we declare anything."""
    layout = repository.LAYOUTS.get(manager)
    if layout is None:
        return RepositoryFacts()
    source, key = outside.read_bytes(layout.source), outside.read_bytes(layout.key)
    asks = is_wanted and source is None
    return RepositoryFacts(
        None if source is None else source.decode("latin-1"),
        None if key is None else key.decode("latin-1"),
        _fingerprint(key or b""),
        _rivals(outside, layout) if asks else (),
    )


def add(outside: t.Any, step: Step) -> None:
    """Declare the repository with its one key, and see that it can be used."""
    payload = step.payload
    if payload["fetches"]:
        data = _key(outside, payload["key"])
        where = repository.WHERE + ".key"
        text = repository.proven(data, payload["fingerprint"], where)
        outside.write(payload["key_path"], text.encode(), directory_mode=0o755)
    notes.change(outside, repository=payload["digest"])
    outside.write(payload["path"], payload["text"].encode(), directory_mode=0o755)
    MANAGERS[payload["manager"]].refresh(outside, payload["path"])


def put_back(outside: t.Any, step: Step) -> None:
    """What was declared before; a repository stays while the engine is one of its packages."""
    payload = step.payload
    is_used = MANAGERS[payload["manager"]].look(outside, [payload["engine"]]).installed
    before = {payload["path"]: payload["before"], payload["key_path"]: payload["key_before"]}
    if None not in before.values():
        for path, text in before.items():
            outside.write(path, text.encode("latin-1"))
    elif not is_used:
        drop(outside, step)


def drop(outside: t.Any, step: Step) -> None:
    """Take our files away."""
    outside.remove(step.payload["path"])
    outside.remove(step.payload["key_path"])
    notes.change(outside, repository="")


def _key(outside: t.Any, key: str) -> bytes:
    if repository.is_text(key):
        return key.encode()
    if not key.startswith("/"):
        fetched: bytes = outside.fetch(key)
        return fetched
    data: bytes | None = outside.read_bytes(key)
    if data is None:
        raise InputError(key, "no such file on this host", "check repository.key")
    return data


def _rivals(outside: t.Any, layout: repository.Layout) -> tuple[tuple[str, str], ...]:
    """The address of each repository that is declared, and the file that does it."""
    files = ["--include=*.list", "--include=*.sources", "--include=*.repo"]
    ran = outside.run(["grep", "-rHE", *files, "^[^#]*://", *layout.rivals])
    lines = (line.partition(":") for line in ran.out.splitlines())
    return tuple((uri, path) for path, _colon, text in lines for uri in ADDRESS.findall(text))


def _fingerprint(data: bytes) -> str:
    try:
        return openpgp.fingerprint(openpgp.dearmored(data))
    except ValueError:
        return ""
