# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Property tests try the same examples each time, or new ones: HYPOTHESIS_PROFILE=explore."""

from __future__ import annotations

import os
import typing as t

from hypothesis import HealthCheck, settings

# A slow machine is no failure, so nothing here has a deadline.
ANY_MACHINE: dict[str, t.Any] = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.too_slow],
}
settings.register_profile("same", **ANY_MACHINE, derandomize=True)
settings.register_profile("explore", **ANY_MACHINE, max_examples=1000, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))
