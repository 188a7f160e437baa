# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of a volume's fields."""

from __future__ import annotations

from ansible_collections.slipway.docker.plugins.module_utils.core.codec import MAPPING, TEXT
from ansible_collections.slipway.docker.plugins.module_utils.core.field import Effect, Field
from ansible_collections.slipway.docker.plugins.module_utils.kinds.labels import LABELS

FIELDS = (
    Field("driver", TEXT, ("Driver",), effect=Effect.DESTROY, default="local"),
    Field("driver_opts", MAPPING, ("Options",), effect=Effect.DESTROY, aliases=("driver_options",)),
    Field("labels", LABELS, ("Labels",), effect=Effect.DESTROY),
)
