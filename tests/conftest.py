# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checkout as a collection, whatever the folder it was cloned into is called."""

from __future__ import annotations

import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
PLACE = CHECKOUT / ".cache" / "ansible_collections" / "slipway" / "docker"

PLACE.parent.mkdir(parents=True, exist_ok=True)
if not PLACE.is_symlink():
    PLACE.symlink_to(CHECKOUT)
for path in (CHECKOUT, CHECKOUT / ".cache"):
    if str(path) not in sys.path:
        sys.path.insert(0, str(path))
