# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options and promises that all converging modules share."""

from __future__ import annotations


class ModuleDocFragment:
    """Consent, turns, and what a module supports."""

    DOCUMENTATION = r"""
options:
  consent:
    description:
      - The effects that this task may have. A plan that needs another one is refused as a whole, before its first step.
      - V(destroy) is the loss of data, and never allowed unless it stands here.
    type: list
    elements: str
    choices: [reload, update, reconnect, restart, recreate, destroy]
    default: [reload, update, reconnect, restart, recreate]
  lock_timeout:
    description:
      - Seconds to wait while another run is at work on the same engine. After that this run fails, and says who that is.
      - Runs on one host, by one account (root is one), take turns. A run that was killed holds nothing up, and check mode
        neither waits nor is waited for.
    type: int
    default: 60
attributes:
  check_mode:
    description: The plan of check mode is the plan of the run.
    support: full
  diff_mode:
    description: Fields that change are shown before and after, secrets left out.
    support: full
"""
