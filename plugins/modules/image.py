#!/usr/bin/python
# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: image
short_description: Manage Docker images
version_added: 0.1.0
author:
  - Slipway authors (@slipway)
description:
  - Pulls, builds, loads, imports, tags and removes images of a Docker engine.
  - An image is known by its content. A build whose context, Dockerfile and arguments are what they
    were builds nothing, whatever the times, owners and order of its files. A build whose base image
    has changed is done again.
  - A registry is asked for its digest, not for the image, so check mode tells exactly what a run
    would pull. An image that its registry doesn't have is refused before anything is touched; a
    registry that doesn't answer is reported as unknown, never as having no image.
  - Registries are asked with the logins that C(docker login) left in C(~/.docker/config.json) on
    the host.
extends_documentation_fragment:
  - slipway.docker.connection
  - slipway.docker.converging
  - slipway.docker.from_controller
options:
  name:
    description:
      - Name of the image with its tag, C(registry:port/path:tag), or with the digest to pull,
        C(path@sha256:...).
      - Without a tag it is C(latest), as for Docker.
    type: str
    required: true
  state:
    description:
      - Whether the image is on the host. V(absent) takes this name away, and the image with its
        last name.
    type: str
    default: present
    choices: [present, absent]
  pull:
    description:
      - When to ask the registry, for an image with no other source.
      - V(missing), the default, asks where the host hasn't got the image. V(always) asks each time,
        and pulls what differs. V(never) doesn't ask.
    type: str
    choices: [always, missing, never, if_not_present, not_present]
  platform:
    description:
      - Platform to pull or build for, such as V(linux/arm64). An image of another one is replaced.
    type: str
  build:
    description:
      - Build the image, by the engine's own builder. The keys are those of C(build) in a Compose
        file; those that need BuildKit are refused.
    type: dict
    suboptions:
      context:
        description:
          - Directory with what the build needs. A C(.dockerignore) in it is honoured, or the ignore
            file that is named after the Dockerfile.
        type: str
        default: .
        aliases: [path]
      dockerfile:
        description: The Dockerfile, relative to the context; C(Dockerfile) where nothing is said.
        type: str
      dockerfile_inline:
        description: The text of the Dockerfile, in place of a file.
        type: str
      args:
        description: Values for the C(ARG) instructions, as a mapping or a list of C(NAME=value).
        type: raw
      target:
        description: The stage at which to stop.
        type: str
      labels:
        description: Labels of the image, as a mapping or a list of C(NAME=value).
        type: raw
      network:
        description: Network for the C(RUN) instructions.
        type: str
      extra_hosts:
        description:
          - Names and addresses for the C(RUN) instructions, as a list of C(name:address) or a
            mapping.
        type: raw
        aliases: [etc_hosts]
      shm_size:
        description: Size of C(/dev/shm) for the C(RUN) instructions, such as V(64m).
        type: raw
      cache_from:
        description: Images whose layers may be used again.
        type: list
        elements: str
      no_cache:
        description: Use no layer again when building. An unchanged build is still not built.
        type: bool
        default: false
        aliases: [nocache]
      pull:
        description:
          - Ask the registries for newer base images each time, and build again if there are any.
        type: bool
        default: false
      tags:
        description: Other names for the image.
        type: list
        elements: str
      platforms:
        description: The platform to build for; the engine's builder takes one.
        type: list
        elements: str
  load:
    description: An archive that C(docker save) made, which holds the image under O(name).
    type: str
    aliases: [load_path]
  import:
    description: A tar archive of a root file system to make the image of.
    type: str
  changes:
    description: Instructions of a Dockerfile to apply to O(import), such as C(CMD) or C(ENV).
    type: list
    elements: str
  tag_of:
    description: The image on the host to give this other name to.
    type: str
    aliases: [source_image]
  source_on:
    description:
      - Where O(build.context), O(load) or O(import) lies. What lies on the controller is carried to
        the host only when it is needed.
      - Relative paths on the controller are looked for beside the playbook or role, and in its
        C(files/).
    type: str
    default: controller
    choices: [controller, host]
  _source:
    description: Set by the action plugin. What the controller tells of the source that it has.
    type: dict
  force:
    description:
      - Do it although nothing has changed. With O(state=absent), remove the image even if stopped
        containers use it.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: An image from a registry, asked for each time
  slipway.docker.image:
    name: registry.example.com:5000/shop/web:1
    pull: always

- name: Exactly this image
  slipway.docker.image:
    name: redis@sha256:0ed5d5928d4737458944eb604cc8509e245c3e19d02ad83935398bc4b991aac7

- name: Built from a directory beside the playbook, when that has changed
  slipway.docker.image:
    name: shop/web:1
    build:
      context: web
      target: production
      args:
        VERSION: "1.2"

- name: Carried over a gap that no registry spans
  slipway.docker.image:
    name: shop/web:1
    load: images/web.tar

- name: Made of a root file system that lies on the host
  slipway.docker.image:
    name: debian-base:bookworm
    import: /srv/bookworm.tar
    source_on: host
    changes:
      - CMD ["bash"]

- name: Another name
  slipway.docker.image:
    name: shop/web:stable
    tag_of: shop/web:1

- name: Gone
  slipway.docker.image:
    name: shop/web:0
    state: absent
"""

RETURN = r"""
plan:
  description: The steps that were taken (in check mode, that would be), a line each.
  returned: always
  type: list
  elements: str
  sample: ["build image shop/web:1: context changed"]
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

from ansible_collections.slipway.docker.plugins.module_utils.kinds.image import IMAGE
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.declared import (
    OPTIONS,
    declared,
)
from ansible_collections.slipway.docker.plugins.module_utils.module import run
from ansible_collections.slipway.docker.plugins.module_utils.outside import archives, contexts


def main() -> None:
    run(IMAGE, OPTIONS, expand=lambda options: [declared(options, contexts.read, archives)])


if __name__ == "__main__":
    main()
