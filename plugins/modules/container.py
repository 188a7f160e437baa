#!/usr/bin/python
# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: container
short_description: Manage Docker containers
version_added: 0.1.0
author:
  - Slipway authors (@slipway)
description:
  - Makes, starts, changes, replaces, stops and removes a container of a Docker engine. Options have
    the names and the syntax of a service in a Compose file.
  - An option that is taken out of the task is taken out of the container; what was never asked for
    is left as it is.
  - What the engine can change in place (memory, processors, processes, restart policy, networks) is
    changed in place, and the container keeps its id.
    Anything else needs another container.
  - The container that is replaced is kept, stopped and renamed to C(NAME.slipway-old), until the
    new one runs and, where it has a health check, is healthy.
    Otherwise it gets its name back and runs again, and the failure shows the exit code, the health
    checks and the last log lines of the new one.
    A run that was killed in the middle is finished or undone by the next one.
  - A job that has done its work, which means a container that ended with exit code 0 and isn't
    restarted by its policy, is not started again until it
    changes. A container with a health check or published ports, or one that others depend on as
    started or healthy, is a server and is started again.
extends_documentation_fragment:
  - slipway.docker.container.process
  - slipway.docker.container.network
  - slipway.docker.container.storage
  - slipway.docker.container_host.resources
  - slipway.docker.container_host.isolation
  - slipway.docker.connection
  - slipway.docker.converging
  - slipway.docker.from_controller
options:
  name:
    description: Name of the container.
    type: str
    required: true
  state:
    description:
      - V(present) is made as wanted, and neither started nor stopped.
      - V(started) runs, or has done its job.
      - V(stopped) is made as wanted and doesn't run.
      - V(absent) is gone. Its volumes stay, but for O(remove_volumes).
      - Where O(image) isn't given, the state alone is seen to, and the container has to be there.
    type: str
    choices: [present, started, stopped, absent]
    default: started
  pull_policy:
    description: When to ask the registry for the image. V(missing) asks where the host hasn't got
      it, V(always) asks each time, V(never) doesn't.
    type: str
    choices: [always, missing, never]
    default: missing
  wait:
    description: Wait until the container is healthy, or stays up where it has no health check. A
      replacement always does.
    type: bool
    default: false
  wait_timeout:
    description: Seconds to wait.
    type: int
    default: 300
  monitor:
    description:
      - How long a container without a health check has to stay up to count as running, as a duration like V(10s).
      - Half a second where nothing is said, in which most of what can't start has ended.
    type: raw
  update_config:
    description: How the container is replaced, as in Compose's C(deploy.update_config).
    type: dict
    suboptions:
      order:
        description:
          - V(stop-first) stops the old container before the new one starts.
          - V(start-first) starts the new one beside the old one, with the same network aliases, and stops the old one when the new
            one has proven itself. It is refused where two can't run side by side. That is so with a certain published port of
            the host, a fixed address, V(host) or another container's network, or where another container lives in its namespaces.
        type: str
        choices: [stop-first, start-first]
        default: stop-first
  recreate:
    description: Make the container anew although nothing has changed.
    type: bool
    default: false
  remove_volumes:
    description: With O(state=absent), remove the volumes without a name too. Their data is lost, so
      V(destroy) has to be in O(consent).
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: A web server that keeps what it served until the new one is healthy
  slipway.docker.container:
    name: web
    image: registry.example.com/shop/web:2
    ports: ["8080:80"]
    networks:
      shop:
        aliases: [www]
    volumes:
      - shop_data:/srv/data
      - /srv/www:/www:ro
    environment:
      SHOP_CURRENCY: EUR
    healthcheck:
      test: curl -f http://localhost/
      interval: 10s
    restart: unless-stopped
    mem_limit: 512m

- name: A job that runs once
  slipway.docker.container:
    name: migrate
    image: registry.example.com/shop/web:2
    command: ./manage.py migrate

- name: Stop it, whatever it is made of
  slipway.docker.container:
    name: web
    state: stopped

- name: Gone
  slipway.docker.container:
    name: web
    state: absent
"""

RETURN = r"""
plan:
  description: The steps that were taken (in check mode, that would be), a line each.
  returned: always
  type: list
  elements: str
  sample: ["update container web: mem_limit '256m' -> '512m'"]
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

from ansible_collections.slipway.docker.plugins.module_utils.kinds.container import CONTAINER
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.declared import (
    OPTIONS,
    declared,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image import IMAGE
from ansible_collections.slipway.docker.plugins.module_utils.module import field_options, run


def main() -> None:
    options = {**field_options(CONTAINER), **OPTIONS}
    run(CONTAINER, options, kinds=(IMAGE, CONTAINER), expand=declared)


if __name__ == "__main__":
    main()
