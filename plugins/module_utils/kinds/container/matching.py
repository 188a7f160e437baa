# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When two values of a container's field are the same."""

from __future__ import annotations

import typing as t


def unset_is_nothing(expected: t.Any, found: t.Any) -> bool:
    """Equal values; zero, false, empty and unset are the same."""
    return bool(expected == found) or not (expected or found)
