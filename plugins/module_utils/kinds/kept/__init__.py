# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kept kind: what ran on a host before a rollout came to it, which is what its undo goes back to."""

from __future__ import annotations

from ansible_collections.slipway.docker.plugins.module_utils.core.kind import Kind
from ansible_collections.slipway.docker.plugins.module_utils.kinds.kept.apply import ACTIONS
from ansible_collections.slipway.docker.plugins.module_utils.kinds.kept.fields import FIELDS
from ansible_collections.slipway.docker.plugins.module_utils.kinds.kept.observe import observe
from ansible_collections.slipway.docker.plugins.module_utils.kinds.kept.plan import plan

KEPT = Kind("kept", FIELDS, observe, plan, ACTIONS, on_engine=False, immutable=True)
