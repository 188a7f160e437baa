# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows whose answer we don't give, each with the sentence that says why."""

from __future__ import annotations

EXCUSED = {}
