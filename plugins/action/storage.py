# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the module of the same name, with what it needs from the controller."""

from __future__ import annotations

from ansible_collections.slipway.docker.plugins.plugin_utils.converging import ConvergingAction


class ActionModule(ConvergingAction):
    """Resources are declared as they are wanted; nothing has to be read first."""
