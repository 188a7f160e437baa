#!/usr/bin/python
# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: stack
short_description: Run a Compose project
version_added: 0.1.0
author:
  - Slipway authors (@slipway)
description:
  - Reads Compose files on the controller and brings the host to what they say, in one plan and one module run.
  - What the files name on the controller (build contexts, relative bind mounts, configs, secrets) is carried to the host by
    content, in one transfer, and only if the plan needs it.
  - Resources carry Compose's own names and labels, so C(docker compose ps) and C(docker compose logs) show them.
  - A service's C(deploy.update_config) says how replicas that exist are replaced. C(parallelism) are replaced at once (1 where
    nothing is said, 0 for all), and the next ones when these are proven and C(delay) has passed. C(monitor) is how long one without a
    health check has to stay up. C(order=start-first) starts a new one beside the old one. One that fails is put back, and as many
    as C(max_failure_ratio) of those to be replaced may fail with a warning. Beyond that C(failure_action=pause), the default,
    stops there, C(continue) does the others before it fails, and C(rollback) puts the whole service back.
    Without it all replicas are replaced at once.
  - What is not supported yet is refused by name.
extends_documentation_fragment:
  - slipway.docker.connection
  - slipway.docker.converging
options:
  files:
    description:
      - One or more Compose files on the controller; later ones are merged over earlier ones.
      - A relative path is looked for beside the playbook, beside the inventory, and in the working directory.
    type: list
    elements: str
    required: true
  name:
    description: Name of the project. Otherwise C(COMPOSE_PROJECT_NAME), the files' C(name), or the directory's name holds.
    type: str
  env_files:
    description: Files with variables for interpolation. Without this option it is the C(.env) beside the first file, if there is one.
    type: list
    elements: str
  environment:
    description: Variables for interpolation; they win over those of files. The controller's own environment is left out.
    type: dict
    default: {}
  profiles:
    description: Profiles whose services are wanted too.
    type: list
    elements: str
    default: []
  state:
    description:
      - V(present) runs the services.
      - V(stopped) has them made but not running.
      - V(absent) removes containers and networks; volumes only with O(volumes).
    type: str
    choices: [present, stopped, absent]
    default: present
  volumes:
    description: With O(state=absent), remove the project's volumes too. Their data is lost.
    type: bool
    default: false
  orphans:
    description: What becomes of containers and networks of the project that the files no longer name.
    type: str
    choices: [remove, report]
    default: report
  pull:
    description: Overrides the services' C(pull_policy).
    type: str
    choices: [always, missing, never]
  wait:
    description: Whether to wait until services with a health check are healthy and the others run.
    type: bool
    default: true
  wait_timeout:
    description: Seconds to wait for each container.
    type: int
    default: 120
  directory:
    description: Where the project's files lie on the host.
    type: str
  in_place:
    description:
      - Use relative bind mounts where they are instead of carrying them to the host.
      - The default is to do so where the host is the controller itself (a developer's laptop), since nothing has to be carried there.
    type: bool
  workers:
    description: How many steps may be under way at once.
    type: int
    default: 16
  on_failure:
    description:
      - What becomes of what is done when a step fails.
      - V(stop) begins nothing more, and puts back what is half made. What was finished stays.
      - V(rollback) makes the whole plan a transaction, either all services as wanted and proven or all as before. Nothing
        that can't come back (an orphan, a container that was replaced) is given up before everything else is proven.
        A plan that would have to give something up half way, such as a volume that is made anew, is refused.
      - Volumes that were made stay, and so does content that was placed in directories.
    type: str
    choices: [stop, rollback]
    default: stop
requirements:
  - PyYAML and jsonschema on the controller
"""

EXAMPLES = r"""
- name: Run the shop
  slipway.docker.stack:
    files: [stacks/shop/compose.yml, stacks/shop/production.yml]
    environment:
      SHOP_VERSION: "2.4"
    orphans: remove

- name: Take the shop away, with its data
  slipway.docker.stack:
    files: [stacks/shop/compose.yml]
    state: absent
    volumes: true
"""

RETURN = r"""
plan:
  description: The steps that were taken (in check mode, that would be), a line each.
  returned: always
  type: list
  elements: str
  sample: ["create network shop_default: not found", "create container shop-web-1: not found"]
drift:
  description: What differed on the host although the files had not changed.
  returned: always
  type: list
  elements: str
edits:
  description: What the plan does for any other reason, such as an edit of the files.
  returned: always
  type: list
  elements: str
orphans:
  description: Resources of the project that are no longer wanted and were left.
  returned: always
  type: list
  elements: str
project:
  description: Name of the project.
  returned: always
  type: str
  sample: shop
"""
