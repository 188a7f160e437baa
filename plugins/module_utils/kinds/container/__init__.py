# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The container kind: a Compose service's container on a plain engine."""

from __future__ import annotations

from ansible_collections.slipway.docker.plugins.module_utils.core.kind import Kind
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.apply import ACTIONS
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.fields import FIELDS
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.lineup import line_up
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.observe import observe
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.plan import plan
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.refusals import check

CONTAINER = Kind(
    "container",
    FIELDS,
    observe,
    plan,
    ACTIONS,
    check,
    states=("present", "started", "stopped", "absent"),
    line_up=line_up,
)
