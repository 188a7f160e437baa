# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The volume kind: data inside Docker (a holder), or a way to data elsewhere (a pointer)."""

from __future__ import annotations

from ansible_collections.slipway.docker.plugins.module_utils.core.kind import Kind
from ansible_collections.slipway.docker.plugins.module_utils.kinds.volume.apply import ACTIONS
from ansible_collections.slipway.docker.plugins.module_utils.kinds.volume.fields import FIELDS
from ansible_collections.slipway.docker.plugins.module_utils.kinds.volume.observe import observe
from ansible_collections.slipway.docker.plugins.module_utils.kinds.volume.plan import check, plan

VOLUME = Kind("volume", FIELDS, observe, plan, ACTIONS, check, keeps_orphans=True)
