# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rootless kind: an engine of a user's own, run by the user's service manager, without root."""

from __future__ import annotations

from ansible_collections.slipway.docker.plugins.module_utils.core.kind import Kind
from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless.apply import ACTIONS
from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless.fields import FIELDS
from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless.observe import observe
from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless.plan import plan
from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless.refusals import check

ROOTLESS = Kind("rootless", FIELDS, observe, plan, ACTIONS, check, on_engine=False)
