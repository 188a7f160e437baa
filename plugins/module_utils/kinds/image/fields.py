# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of an image's fields: all but the platform are known by seals on a label."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.codec import (
    LIST,
    MAPPING,
    SIZE_BYTES,
    TEXT,
    read_list,
    read_mapping,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.field import Codec, Effect, Field

LABEL = "slipway.build"
BASES_LABEL = "slipway.bases"


def same_platform(expected: t.Any, found: t.Any) -> bool:
    """`linux/arm64` agrees with `linux/arm64/v8`, and nothing asked agrees with anything."""
    if not expected:
        return True
    parts = str(expected).lower().split("/")
    return parts == str(found or "").lower().split("/")[: len(parts)]


def read_args(value: t.Any) -> dict[str, str]:
    """Build arguments; one without a value is not given."""
    if isinstance(value, dict):
        value = {name: text for name, text in value.items() if text is not None}
    return read_mapping(value)


def read_hosts(value: t.Any) -> list[str]:
    """`name:address` texts, from a list of them (`=` will do) or a mapping to addresses."""
    if isinstance(value, dict):
        return sorted(
            "{0}:{1}".format(name, address)
            for name, given in value.items()
            for address in read_list(given)
        )
    return sorted(text.replace("=", ":", 1) if "=" in text else text for text in read_list(value))


def _made(name: str, codec: Codec, secret: bool = False) -> Field:
    return Field(name, codec, effect=Effect.UPDATE, sealed=True, secret=secret)


DIGEST = dataclasses.replace(TEXT, show=lambda digest: repr(digest[:12]))
ARGS = dataclasses.replace(MAPPING, read=read_args)
HOSTS = dataclasses.replace(LIST, read=read_hosts)

# The keys of a Compose build that are part of what is built.
BUILD_FIELDS = (
    _made("args", ARGS, secret=True),
    _made("target", TEXT),
    _made("labels", MAPPING),
    _made("network", TEXT),
    _made("extra_hosts", HOSTS),
    _made("shm_size", SIZE_BYTES),
)
MADE_FIELDS = (
    _made("context", DIGEST),
    _made("dockerfile", DIGEST),
    *BUILD_FIELDS,
    _made("archive", DIGEST),
    _made("changes", LIST),
)
FIELDS = (Field("platform", TEXT, match=same_platform, effect=Effect.UPDATE), *MADE_FIELDS)
