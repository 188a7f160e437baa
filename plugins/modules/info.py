#!/usr/bin/python
# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: info
short_description: Tell of the Docker engine of a host
version_added: 0.1.0
author:
  - Slipway authors (@slipway)
description:
  - Looks at the engine of the host, and changes nothing.
  - An engine that doesn't run is not started by being looked at.
options: {}
extends_documentation_fragment:
  - slipway.docker.read_only
  - slipway.docker.from_controller
seealso:
  - module: slipway.docker.engine
"""

EXAMPLES = r"""
- name: Look at the engine
  slipway.docker.info:
  register: seen

- name: Say what a restart would stop
  ansible.builtin.debug:
    msg: "{{ seen.engine.version }}: {{ seen.engine.would_stop | join(', ') | default('nothing', true) }}"
"""

RETURN = r"""
engine:
  description: The engine as it is.
  returned: always
  type: dict
  contains:
    running:
      description: Whether it runs.
      type: bool
    manager:
      description: Who runs it, one of C(systemd), C(init script), C(supervisor) and C(hand).
      type: str
    enabled:
      description: Whether systemd starts it at boot.
      type: bool
    version:
      description: Its version.
      type: str
    api_version:
      description: The newest version of the API that it speaks.
      type: str
    storage_driver:
      description: How it stores images and containers.
      type: str
    cgroup_driver:
      description: How it makes control groups.
      type: str
    cgroup_version:
      description: The version of control groups.
      type: str
    security_options:
      description: What confines its containers.
      type: list
      elements: str
    data_root:
      description: The directory of all that it holds.
      type: str
    live_restore:
      description: Whether containers run on while it is restarted.
      type: bool
    containers:
      description: Names of the containers that run.
      type: list
      elements: str
    would_stop:
      description: Names of the containers that a restart of the engine would stop.
      type: list
      elements: str
    reloadable:
      description: Keys of C(daemon.json) that the engine takes up without a restart.
      type: list
      elements: str
    warnings:
      description: What the engine itself warns of.
      type: list
      elements: str
"""

from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.wanted import look
from ansible_collections.slipway.docker.plugins.module_utils.module import look_only


def main() -> None:
    look_only({}, look)


if __name__ == "__main__":
    main()
