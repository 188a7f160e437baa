# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The storage kind: a share that is mounted on the host, guarded, with a Docker volume over a part of it."""

from __future__ import annotations

from ansible_collections.slipway.docker.plugins.module_utils.core.kind import Kind
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage.apply import ACTIONS
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage.declared import check
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage.fields import FIELDS
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage.observe import observe
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage.plan import plan

STORAGE = Kind("storage", FIELDS, observe, plan, ACTIONS, check, on_engine=False)
