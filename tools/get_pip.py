# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands in for the get-pip script of ansible-test: pip out of Python's own ensurepip."""

from __future__ import annotations

import ensurepip
import os
import subprocess
import sys

NOT_FOR_PIP = ("--no-setuptools", "--no-wheel", "--disable-pip-version-check")

ensurepip.bootstrap()
# ensurepip points it at /dev/null, and the settings of this machine would be lost.
os.environ.pop("PIP_CONFIG_FILE", None)
arguments = [each for each in sys.argv[1:] if each not in NOT_FOR_PIP]
sys.exit(subprocess.call([sys.executable, "-m", "pip", "install", *arguments]))
