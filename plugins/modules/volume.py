#!/usr/bin/python
# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: volume
short_description: Manage Docker volumes
version_added: 0.1.0
author:
  - Slipway authors (@slipway)
description:
  - Creates and removes volumes of a Docker engine.
  - A volume that holds data is never removed or made anew without V(destroy) in O(consent).
extends_documentation_fragment:
  - slipway.docker.connection
  - slipway.docker.converging
  - slipway.docker.from_controller
options:
  name:
    description: Name of the volume.
    type: str
    required: true
  state:
    description: Whether the volume exists.
    type: str
    default: present
    choices: [present, absent]
  driver:
    description: The volume driver; the engine's own is V(local).
    type: str
  driver_opts:
    description: Options of the driver, as a mapping or a list of C(NAME=value).
    type: raw
    aliases: [driver_options]
  labels:
    description: Labels of the volume, as a mapping or a list of C(NAME=value).
    type: raw
"""

EXAMPLES = r"""
- name: A volume for the database
  slipway.docker.volume:
    name: shop_data

- name: Give its data up
  slipway.docker.volume:
    name: shop_data
    state: absent
    consent: [destroy]
"""

RETURN = r"""
plan:
  description: The steps that were taken (in check mode, that would be), a line each.
  returned: always
  type: list
  elements: str
  sample: ["create volume shop_data: not found"]
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
"""

from ansible_collections.slipway.docker.plugins.module_utils.kinds.volume import VOLUME
from ansible_collections.slipway.docker.plugins.module_utils.module import run


def main() -> None:
    run(VOLUME)


if __name__ == "__main__":
    main()
