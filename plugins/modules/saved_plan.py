#!/usr/bin/python
# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: saved_plan
short_description: Save the plans of a run in check mode, or hold a run to saved ones
version_added: 0.1.0
author:
  - Slipway authors (@slipway)
description:
  - Writes what the modules of this collection planned for a host in check mode to a directory on the controller, as
    C(HOST.json) and, for people, as C(HOST.txt).
  - Takes such a plan up, so that every later task of this run does exactly what was planned for it, or nothing where that is no
    longer what would be done.
  - A plan holds printed lines, in which secrets are hidden, and digests that are keyed with the host's own key.
  - This is done on the controller, also in check mode; nothing is done on the host.
options:
  directory:
    description: Where the plans lie on the controller; a relative path is looked for in the working directory.
    type: str
    required: true
  state:
    description:
      - V(saved) writes what was planned for the host by the tasks before this one.
      - V(taken) reads it and holds the tasks after this one to it. A plan that was edited, that is missing, or that is of another
        host is refused.
      - V(absent) removes it, and leaves out of the next one what was planned before.
    type: str
    choices: [saved, taken, absent]
    default: saved
attributes:
  check_mode:
    description: It does the same in check mode, since it concerns no host.
    support: full
"""

EXAMPLES = r"""
- name: Hold the tasks after this one to the plan that was saved
  slipway.docker.saved_plan:
    directory: plans
    state: taken
"""

RETURN = r"""
path:
  description: The file of the host's plan.
  returned: always
  type: str
  sample: /home/me/fleet/plans/web1.json
msg:
  description: The plan as people read it.
  returned: with O(state=saved)
  type: list
  elements: str
"""
