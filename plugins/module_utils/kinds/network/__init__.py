# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The network kind: bridge, macvlan and their like on one engine; a recreate puts every endpoint back."""

from __future__ import annotations

from ansible_collections.slipway.docker.plugins.module_utils.core.kind import Kind
from ansible_collections.slipway.docker.plugins.module_utils.kinds.network.apply import ACTIONS
from ansible_collections.slipway.docker.plugins.module_utils.kinds.network.fields import FIELDS
from ansible_collections.slipway.docker.plugins.module_utils.kinds.network.observe import observe
from ansible_collections.slipway.docker.plugins.module_utils.kinds.network.plan import check, plan

NETWORK = Kind("network", FIELDS, observe, plan, ACTIONS, check)
