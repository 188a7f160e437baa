# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action of the module `info`."""

from __future__ import annotations

from ansible_collections.slipway.docker.plugins.plugin_utils.converging import ConvergingAction


class ActionModule(ConvergingAction):
    """Nothing comes along; a host without Python is told of as its description goes."""
