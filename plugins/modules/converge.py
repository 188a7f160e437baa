#!/usr/bin/python
# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: converge
short_description: Bring resources of any kinds to what is wanted, in one plan
version_added: 0.1.0
author:
  - Slipway authors (@slipway)
description:
  - Takes images, volumes, networks, trees and containers at once, and makes one plan of them that is applied in the order of
    their needs, as parallel as that allows.
  - The module M(slipway.docker.stack) makes such resources of Compose files; use this one where no Compose file is wanted.
extends_documentation_fragment:
  - slipway.docker.connection
  - slipway.docker.converging
  - slipway.docker.from_controller
options:
  resources:
    description:
      - The resources.
      - C(kind) and C(name) say which one it is, C(state) what is wanted of it, C(fields) holds its options as the module of
        that kind takes them, C(options) what is not compared, and C(needs) the resources that come first, as C(kind name).
      - C(fate) says what its failure means to others. Those with the same C(unit) are put back together, and of those with the same
        C(crew) the share C(spare) may fail with a warning, beyond which the others still go on where it C(goes_on).
    type: list
    elements: dict
    default: []
  project:
    description: The project that owns the resources. What carries its name and is not among O(resources) is an orphan.
    type: str
    default: ''
  labels:
    description: Labels that all new resources carry, beside those by which the project knows its own.
    type: dict
    default: {}
  orphans:
    description: Whether orphans are removed or reported. Volumes are always left alone.
    type: str
    choices: [remove, report]
    default: report
  workers:
    description: How many steps may be under way at once.
    type: int
    default: 16
  on_failure:
    description:
      - What becomes of what is done when a step fails.
      - V(stop) begins nothing more, and puts back what is half made. What was finished stays.
      - V(rollback) makes the whole plan a transaction, either all resources as wanted and proven or all as before. Nothing
        that can't come back (an orphan, a container that was replaced) is given up before everything else is proven.
        A plan that would have to give something up half way, such as a volume that is made anew, is refused.
      - Volumes that were made stay, and so does content that was placed in directories.
    type: str
    choices: [stop, rollback]
    default: stop
"""

EXAMPLES = r"""
- name: A network and a volume, and nothing else of project shop
  slipway.docker.converge:
    project: shop
    orphans: remove
    resources:
      - kind: network
        name: shop_backend
        fields:
          internal: true
      - kind: volume
        name: shop_data
"""

RETURN = r"""
plan:
  description: The steps that were taken (in check mode, that would be), a line each.
  returned: always
  type: list
  elements: str
  sample: ["create network shop_backend: not found", "create volume shop_data: not found"]
drift:
  description: What differed on the host although the playbook had not changed.
  returned: always
  type: list
  elements: str
edits:
  description: What the plan does for any other reason, such as an edit of the playbook.
  returned: always
  type: list
  elements: str
orphans:
  description: Resources of the project that are no longer wanted and were left.
  returned: always
  type: list
  elements: str
"""

from ansible_collections.slipway.docker.plugins.module_utils.kinds.every import KINDS
from ansible_collections.slipway.docker.plugins.module_utils.module import run_many


def main() -> None:
    run_many(KINDS)


if __name__ == "__main__":
    main()
