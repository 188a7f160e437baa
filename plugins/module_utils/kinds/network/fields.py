# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of a network's fields; none of them can be changed in place."""

from __future__ import annotations

from ansible_collections.slipway.docker.plugins.module_utils.core.codec import (
    BOOLEAN,
    MAPPING,
    TEXT,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.field import Codec, Field
from ansible_collections.slipway.docker.plugins.module_utils.kinds.labels import LABELS
from ansible_collections.slipway.docker.plugins.module_utils.kinds.network.ipam import IPAM, agree

# The engine tells true or nothing worth a word; IPv4 is the one that is on unless it is turned off.
ON_UNLESS_SAID = Codec({"type": "bool"}, BOOLEAN.read)

FIELDS = (
    Field("driver", TEXT, ("Driver",), default="bridge"),
    Field("driver_opts", MAPPING, ("Options",), aliases=("driver_options",)),
    Field("ipam", IPAM, ("IPAM",), match=agree),
    Field("internal", BOOLEAN, ("Internal",), default=False),
    Field("attachable", BOOLEAN, ("Attachable",), default=False),
    Field("enable_ipv4", ON_UNLESS_SAID, ("EnableIPv4",), default=True, since="1.48"),
    Field("enable_ipv6", BOOLEAN, ("EnableIPv6",), default=False),
    Field("config_only", BOOLEAN, ("ConfigOnly",), default=False),
    Field("config_from", TEXT, ("ConfigFrom", "Network")),
    Field("labels", LABELS, ("Labels",)),
)
