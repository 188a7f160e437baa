# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""daemon.json as text: read, and written anew with nothing but our keys changed."""

from __future__ import annotations

import json
import re
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.diff import Change
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.facts import ConfigFile
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.fields import NAMES

LOGIN_IN_URL = re.compile(r"://[^/\s\"]+:[^/\s\"]+@")
WORLD = 0o007


def parse(data: bytes | None, mode: int | None) -> ConfigFile:
    """The file as it is; what can't be read as a mapping is a problem, not an error yet."""
    if data is None:
        return ConfigFile()
    text = data.decode("utf-8", "surrogateescape")
    known = ConfigFile(text, 0o644 if mode is None else mode)
    if not text.strip():
        return known
    try:
        values = json.loads(text)
    except ValueError as error:
        return ConfigFile(text, known.mode, problem="it isn't JSON ({0})".format(error))
    if not isinstance(values, dict):
        return ConfigFile(
            text, known.mode, problem="it holds {0}, not a mapping".format(type(values).__name__)
        )
    return ConfigFile(text, known.mode, values)


def removed(changes: t.Iterable[Change]) -> frozenset[str]:
    """Our keys that are no longer wanted."""
    return frozenset(
        change.field for change in changes if change.after is None and change.field in NAMES
    )


def merged(
    file: ConfigFile, wanted: t.Mapping[str, t.Any], gone: t.Collection[str]
) -> dict[str, t.Any]:
    """What the file shall say: foreign keys as they are, ours as wanted, none in `gone`."""
    kept = {name: value for name, value in file.values.items() if name not in gone}
    ours = {name: value for name, value in wanted.items() if name in NAMES}
    return {**kept, **ours}


def render(values: t.Mapping[str, t.Any]) -> str | None:
    """The file's text; None for no file at all."""
    return json.dumps(values, indent=2, ensure_ascii=False) + "\n" if values else None


def mode(file: ConfigFile, text: str) -> int:
    """The file's permissions: as they were, and none for the world where a URL holds a password."""
    return file.mode & ~WORLD if LOGIN_IN_URL.search(text) else file.mode
