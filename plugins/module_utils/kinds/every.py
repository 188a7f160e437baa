# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All kinds, in the order in which they build on each other."""

from __future__ import annotations

from ansible_collections.slipway.docker.plugins.module_utils.kinds.container import CONTAINER
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image import IMAGE
from ansible_collections.slipway.docker.plugins.module_utils.kinds.network import NETWORK
from ansible_collections.slipway.docker.plugins.module_utils.kinds.tree import TREE
from ansible_collections.slipway.docker.plugins.module_utils.kinds.volume import VOLUME

KINDS = (IMAGE, VOLUME, NETWORK, TREE, CONTAINER)
