# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of a tree's fields."""

from __future__ import annotations

import dataclasses

from ansible_collections.slipway.docker.plugins.module_utils.core.codec import TEXT
from ansible_collections.slipway.docker.plugins.module_utils.core.field import Effect, Field

DIGEST = dataclasses.replace(TEXT, show=lambda digest: repr(digest[:12]))

FIELDS = (
    Field("content", DIGEST, effect=Effect.UPDATE),
    Field("owner", TEXT, effect=Effect.UPDATE),
)
