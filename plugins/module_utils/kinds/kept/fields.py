# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of what is kept: it has no options, since all that was declared is kept."""

from __future__ import annotations

from ansible_collections.slipway.docker.plugins.module_utils.core.field import Field

FIELDS: tuple[Field, ...] = ()
