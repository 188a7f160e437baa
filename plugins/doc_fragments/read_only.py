# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The promises of modules that only look."""

from __future__ import annotations


class ModuleDocFragment:
    """Nothing is changed, whatever the mode."""

    DOCUMENTATION = r"""
attributes:
  check_mode:
    description: Looks in check mode as well, since nothing is changed.
    support: full
  diff_mode:
    description: There is nothing to show a difference of.
    support: none
"""
