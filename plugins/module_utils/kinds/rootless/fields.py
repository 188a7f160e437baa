# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of a user's engine: the keys of daemon.json that it takes, and its environment."""

from __future__ import annotations

from ansible_collections.slipway.docker.plugins.module_utils.core.codec import MAPPING
from ansible_collections.slipway.docker.plugins.module_utils.core.field import Effect, Field
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import fields

ENVIRONMENT = "environment"
# These want what a user doesn't have.
UNFIT = {
    "userns-remap": "a user's engine is in a user namespace already",
}
NOT_YET = frozenset(fields.NOT_YET)
RESET_BY_RELOAD = fields.RESET_BY_RELOAD
KEYS = tuple(field for field in fields.FIELDS if field.name in fields.NAMES)
NAMES = frozenset(field.name for field in KEYS)
FIELDS = (*KEYS, Field(ENVIRONMENT, MAPPING, effect=Effect.RESTART))
