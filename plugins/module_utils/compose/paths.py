# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Relative paths of a model, made to start at the project's directory."""

from __future__ import annotations

import os
import re
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.compose.mounts import clean
from ansible_collections.slipway.docker.plugins.module_utils.compose.tree import (
    Path,
    Where,
    rewrite,
    table,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import ComposeError

REMOTE = re.compile(r"https?://|git://|ssh://|github\.com/|git@")
WINDOWS = re.compile(r"(?:[a-zA-Z]:[\\/]|\\\\)")
Move = t.Callable[[t.Any, str], t.Any]


def join(folder: str, path: str) -> str:
    """A path below a folder, in its shortest form; an absolute one stays."""
    expanded = os.path.expanduser(path) if path.startswith("~") else path
    if expanded.startswith("/"):
        return expanded
    joined = "{0}/{1}".format(folder, expanded) if folder else expanded
    return clean(joined) if joined else joined


def relative(folder: str, path: str) -> str:
    """A path as seen from a folder; both relative or both absolute, else the path itself."""
    if path.startswith("/") != folder.startswith("/"):
        return path
    return os.path.relpath(path or ".", folder or ".")


def _path(value: t.Any, folder: str) -> t.Any:
    if isinstance(value, list):
        return [_path(member, folder) for member in value]
    return join(folder, value) if isinstance(value, str) and value else value


def _source(value: t.Any, folder: str) -> t.Any:
    if not isinstance(value, str) or WINDOWS.match(value):
        return value
    return join(folder, value)


def _context(value: t.Any, folder: str) -> t.Any:
    if (
        not isinstance(value, str)
        or "://" in value
        or REMOTE.match(value)
        or value.startswith("service:")
    ):
        return value
    return _path(value, folder)


def _mount(value: t.Any, folder: str) -> t.Any:
    if not isinstance(value, dict) or value.get("type") != "bind":
        return value
    if not value.get("source"):
        raise ValueError("a bind mount without a source")
    return {**value, "source": _source(value["source"], folder)}


def _volume(value: t.Any, folder: str) -> t.Any:
    options = (
        value.get("driver_opts")
        if isinstance(value, dict) and value.get("driver") == "local"
        else None
    )
    if not isinstance(options, dict) or options.get("o") != "bind" or "device" not in options:
        return value
    return {**value, "driver_opts": {**options, "device": _source(options["device"], folder)}}


MOVES: dict[str, Move] = {
    "services.*.build.context": _context,
    "services.*.build.additional_contexts.*": _context,
    "services.*.env_file.*.path": _path,
    "services.*.label_file": _path,
    "services.*.develop.watch.*.path": _path,
    "services.*.volumes.*": _mount,
    "configs.*.file": _source,
    "secrets.*.file": _source,
    "volumes.*": _volume,
}
ROWS = table(MOVES)
EXTENDED = table({"services.*.extends.file": _path})


def relative_binds(model: t.Mapping[str, t.Any], folder: str) -> t.Iterator[str]:
    """The sources of bind mounts that were written relative, as they are below the folder."""
    services = model.get("services")
    for service in services.values() if isinstance(services, dict) else ():
        for mount in (service or {}).get("volumes") or ():
            source = (
                mount.get("source")
                if isinstance(mount, dict) and mount.get("type") == "bind"
                else None
            )
            if (
                isinstance(source, str)
                and source[:1] not in ("", "/", "~")
                and not WINDOWS.match(source)
            ):
                yield join(folder, source)


def resolve(model: dict[str, t.Any], folder: str, where: Where) -> dict[str, t.Any]:
    """A copy of the model whose relative paths start at the folder."""

    def move(row: Move, value: t.Any, path: Path) -> t.Any:
        try:
            return row(value, folder)
        except ValueError as error:
            raise ComposeError(
                where(path), str(error), "add source: and the path on the host"
            ) from None

    found: dict[str, t.Any] = rewrite(model, ROWS, move)
    return found


def resolve_extended(
    model: dict[str, t.Any], folder: str, is_remote: t.Callable[[str], bool]
) -> dict[str, t.Any]:
    """A copy of the model in which the files that its services extend are named from the folder."""
    found: dict[str, t.Any] = rewrite(
        model,
        EXTENDED,
        lambda row, value, path: value if is_remote(str(value)) else row(value, folder),
    )
    return found
