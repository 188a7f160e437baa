#!/usr/bin/python
# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: rollout
short_description: A host's part in a rollout over many hosts
version_added: 0.1.0
author:
  - Slipway authors (@slipway)
description:
  - What M(slipway.docker.stack) and M(slipway.docker.converge) declared for a project is remembered on the host when it went
    well, in files that only root reads. This module keeps that before a batch of hosts is updated, looks whether all containers
    that were declared are well, and goes back to what it kept.
  - The role P(slipway.docker.rollout#role) and the playbook C(slipway.docker.rollout) put these together; there is seldom a
    reason to use the module alone.
extends_documentation_fragment:
  - slipway.docker.connection
  - slipway.docker.converging
  - slipway.docker.from_controller
options:
  phase:
    description:
      - V(begin) keeps what was declared on this engine and is still there, the ids of its images and the content of its trees. What
        an unfinished rollout keeps is left as it is, so that the undo goes back to what ran before the first failure.
      - V(prove) waits until each container that was declared runs, is healthy where it can tell, or has done its job; and watches
        them for O(monitor) seconds. It changes nothing.
      - V(finish) drops what was kept.
      - V(undo) brings the host back to what was kept, takes away what has come since, and drops what was kept. Volumes stay. Where
        nothing is kept there is nothing to undo.
    type: str
    required: true
    choices: [begin, prove, finish, undo]
  projects:
    description: The projects whose containers are looked at; all that were declared on this engine if it is left out.
    type: list
    elements: str
  monitor:
    description: Seconds for which the containers have to stay well.
    type: float
    default: 10
  wait_timeout:
    description: Seconds within which each container has to become well.
    type: float
    default: 120
"""

EXAMPLES = r"""
- name: Look whether all that was declared on this host is well
  slipway.docker.rollout:
    phase: prove
    monitor: 30

- name: Bring the host back to what ran before the rollout
  slipway.docker.rollout:
    phase: undo
"""

RETURN = r"""
plan:
  description: The steps that were taken (in check mode, that would be), a line each.
  returned: always
  type: list
  elements: str
  sample: ["keep kept stacks: a rollout begins"]
drift:
  description: What differed on the host although nothing else was declared.
  returned: always
  type: list
  elements: str
orphans:
  description: Resources of the projects that are not wanted and were left.
  returned: always
  type: list
  elements: str
"""

from ansible_collections.slipway.docker.plugins.module_utils.rollout import run_rollout


def main() -> None:
    run_rollout()


if __name__ == "__main__":
    main()
