#!/usr/bin/python
# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: network
short_description: Manage Docker networks
version_added: 0.1.0
author:
  - Slipway authors (@slipway)
description:
  - Creates, changes and removes networks of one Docker engine.
  - No property of a network can be changed in place. A network that has to be made anew gets back every endpoint it had,
    with addresses and aliases; where that fails, the old network comes back.
extends_documentation_fragment:
  - slipway.docker.connection
  - slipway.docker.converging
  - slipway.docker.from_controller
options:
  name:
    description: Name of the network.
    type: str
    required: true
  state:
    description: Whether the network exists.
    type: str
    default: present
    choices: [present, absent]
  driver:
    description: The network driver, V(bridge) unless something else is given; V(macvlan) and V(ipvlan) take their C(parent) from O(driver_opts).
    type: str
  driver_opts:
    description:
      - Options of the driver, as a mapping or a list of C(NAME=value).
      - Host-side options of a bridge are C(com.docker.network.bridge.name), C(com.docker.network.driver.mtu) and so on.
    type: raw
    aliases: [driver_options]
  ipam:
    description: Address management, with C(driver), C(options), and C(config) as a list of C(subnet), C(ip_range), C(gateway) and C(aux_addresses).
    type: dict
  internal:
    description: Keep the network apart from the outside world.
    type: bool
  attachable:
    description: Let containers that no swarm service made join a swarm's network.
    type: bool
  enable_ipv4:
    description: Give addresses of IPv4; can be turned off from API 1.48 on.
    type: bool
  enable_ipv6:
    description: Give addresses of IPv6.
    type: bool
  config_only:
    description: Make a network that only holds configuration for others.
    type: bool
  config_from:
    description: Name of the configuration-only network to take the configuration from.
    type: str
  labels:
    description: Labels of the network, as a mapping or a list of C(NAME=value).
    type: raw
"""

EXAMPLES = r"""
- name: A network with a subnet of its own
  slipway.docker.network:
    name: shop_backend
    internal: true
    ipam:
      config:
        - subnet: 172.28.0.0/16
          gateway: 172.28.0.1

- name: Containers with addresses of the office network
  slipway.docker.network:
    name: office
    driver: macvlan
    driver_opts:
      parent: eth0
    ipam:
      config:
        - subnet: 192.0.2.0/24
          ip_range: 192.0.2.128/25
"""

RETURN = r"""
plan:
  description: The steps that were taken (in check mode, that would be), a line each.
  returned: always
  type: list
  elements: str
  sample: ["create network shop_backend: not found"]
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

from ansible_collections.slipway.docker.plugins.module_utils.kinds.network import NETWORK
from ansible_collections.slipway.docker.plugins.module_utils.module import run


def main() -> None:
    run(NETWORK)


if __name__ == "__main__":
    main()
