# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels: the user's are compared, those by which Compose, Swarm and we know our own are not."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.codec import read_mapping
from ansible_collections.slipway.docker.plugins.module_utils.core.field import Codec
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Request
from ansible_collections.slipway.docker.plugins.module_utils.core.record import LABEL, from_label

PROJECT = "com.docker.compose.project"
RESERVED = ("com.docker.compose.", "com.docker.stack.", "slipway.")


def own_labels(labels: t.Any) -> dict[str, str] | None:
    """The labels that a user set; None where there are none."""
    kept = {key: text for key, text in (labels or {}).items() if not key.startswith(RESERVED)}
    return kept or None


def record_in(labels: t.Mapping[str, str] | None) -> dict[str, str]:
    """The record that a resource carries from its creation."""
    return from_label((labels or {}).get(LABEL))


def creation_labels(request: Request) -> dict[str, str]:
    """All labels of a new resource: the user's, its place in a stack, and ours."""
    fields, options = request.wanted.fields, request.wanted.options
    return {**fields.get("labels", {}), **options.get("own_labels", {}), **request.labels}


def is_owned(labels: t.Mapping[str, str] | None, owner: str) -> bool:
    """Whether labels say that a resource is the project's."""
    return bool(owner) and (labels or {}).get(PROJECT) == owner


def read_labels(value: t.Any) -> dict[str, str]:
    """A user's labels; those that are never compared are not the user's to set."""
    labels = read_mapping(value)
    if any(key.startswith(RESERVED) for key in labels):
        raise ValueError("a label that does not begin with {0}".format(" or ".join(RESERVED)))
    return labels


LABELS = Codec({"type": "raw"}, read_labels, from_engine=own_labels)
