# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that the action plugin sets, and no user does."""

from __future__ import annotations


class ModuleDocFragment:
    """What comes along from the controller."""

    DOCUMENTATION = r"""
options:
  _expected:
    description: Set by the action plugin. Resources that earlier tasks of a run in check mode would have made.
    type: list
    elements: str
    default: []
  _saved:
    description: Set by the action plugin. The plan that was saved for this task, which its plan has to be.
    type: dict
  _parcels:
    description: Set by the action plugin. Archive with the content that came along from the controller.
    type: path
  _without_python:
    description: Set by the action plugin. What is known of a host on which no module can run yet.
    type: list
    elements: str
    default: []
"""
