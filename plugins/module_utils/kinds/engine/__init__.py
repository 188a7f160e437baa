# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine kind: packages, daemon.json, service and users of the one engine of a host."""

from __future__ import annotations

from ansible_collections.slipway.docker.plugins.module_utils.core.kind import Kind
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.apply import ACTIONS
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.fields import FIELDS
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.observe import observe
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.plan import plan
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.refusals import check

ENGINE = Kind("engine", FIELDS, observe, plan, ACTIONS, check, on_engine=False)
