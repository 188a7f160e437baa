# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of what a container finds in its file system."""

from __future__ import annotations

import posixpath
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.codec import (
    BOOLEAN,
    LIST,
    read_list,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.field import (
    Codec,
    Field,
    as_set,
    overlaid,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.matching import (
    unset_is_nothing,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.mounts import (
    MOUNTS,
    same_mounts,
)


def read_tmpfs(value: t.Any) -> list[str]:
    """Paths with their options, as `/run:mode=755,size=64m`."""
    return [_tmpfs(*member.partition(":")[::2]) for member in read_list(value)]


def _tmpfs(path: str, options: str) -> str:
    if not path.startswith("/"):
        raise ValueError("an absolute path, with options like /run:size=64m")
    path = posixpath.normpath(path)
    return "{0}:{1}".format(path, ",".join(sorted(options.split(",")))) if options else path


def tmpfs_to_engine(value: t.Sequence[str]) -> dict[str, str]:
    """The engine's paths and options."""
    return {path: options for path, _colon, options in (member.partition(":") for member in value)}


def tmpfs_from_engine(value: t.Any) -> list[str] | None:
    """The same as Compose spells it."""
    return [_tmpfs(path, options) for path, options in (value or {}).items()] or None


TMPFS = Codec({"type": "list", "elements": "str"}, read_tmpfs, tmpfs_to_engine, tmpfs_from_engine)

STORAGE = (
    Field("read_only", BOOLEAN, ("HostConfig", "ReadonlyRootfs"), match=unset_is_nothing),
    Field("volumes", MOUNTS, match=same_mounts, merge=overlaid),
    Field("volumes_from", LIST, ("HostConfig", "VolumesFrom"), match=as_set),
    Field("tmpfs", TMPFS, ("HostConfig", "Tmpfs"), match=as_set),
)
