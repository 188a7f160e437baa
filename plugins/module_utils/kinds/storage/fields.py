# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of a storage's fields."""

from __future__ import annotations

import dataclasses

from ansible_collections.slipway.docker.plugins.module_utils.core.codec import (
    BOOLEAN,
    MAPPING,
    TEXT,
    read_text,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.field import Codec, Effect, Field

# Flags have no value, and a mapping that shows them so reads like a list of options.
FLAG = dataclasses.replace(BOOLEAN, show=read_text)
OPTIONS = Codec({"type": "dict"}, MAPPING.read)
AS_WRITTEN, BY_HAND = "as written", "edited by hand"
# What the mount is made of; a change of any of these means to unmount and to mount anew.
MOUNTED = ("driver", "source", "options", "secret")

FIELDS = (
    Field("driver", TEXT, effect=Effect.RESTART),
    Field("source", TEXT, effect=Effect.RESTART),
    Field("options", OPTIONS, effect=Effect.RESTART),
    Field("secret", MAPPING, effect=Effect.RESTART, secret=True),
    Field("required", FLAG, effect=Effect.UPDATE, default=False),
    Field("files", TEXT, effect=Effect.UPDATE),
    Field("share", TEXT, effect=Effect.UPDATE),
)
