# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tree kind: files that a stack brings along from the controller, known by their content.

A directory is kept in step in place, so that containers that mount it see the new files at once; only what we placed is
ever changed or removed there. A single file lies in a directory that is named after its content, so that a new content
is a new mount.
"""

from __future__ import annotations

from ansible_collections.slipway.docker.plugins.module_utils.core.kind import Kind
from ansible_collections.slipway.docker.plugins.module_utils.kinds.tree.apply import ACTIONS
from ansible_collections.slipway.docker.plugins.module_utils.kinds.tree.fields import FIELDS
from ansible_collections.slipway.docker.plugins.module_utils.kinds.tree.observe import observe
from ansible_collections.slipway.docker.plugins.module_utils.kinds.tree.plan import plan

TREE = Kind("tree", FIELDS, observe, plan, ACTIONS, on_engine=False, clears_orphans=True)
