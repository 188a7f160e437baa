#!/usr/bin/python
# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: storage
short_description: Mount networked storage on a host, with Docker volumes over it
version_added: 0.1.0
author:
  - Slipway authors (@slipway)
description:
  - Mounts shares below C(/srv/slipway) by units of systemd that start before the engine, and gives Docker a volume over a
    directory of each. While a share is not mounted that directory isn't there, so a container that wants it doesn't start.
  - A share gets a marker file with its identity. Another share in its place is refused, and nothing is written to it.
  - A share whose server doesn't answer is unknown, not absent. The run fails within seconds, and touches nothing.
  - Nothing is unmounted by force or lazily. What is mounted twice, mounted by somebody else, or used by a container is left
    as it is, and the run is refused with the reason.
  - Many storages are one run with one plan.
extends_documentation_fragment:
  - slipway.docker.connection
  - slipway.docker.converging
  - slipway.docker.from_controller
options:
  storages:
    description: The storages, a volume each.
    type: list
    elements: dict
    required: true
    aliases: [volumes]
    suboptions:
      name:
        description: Name of the storage and of its volume. It is mounted at C(/srv/slipway/NAME).
        type: str
        required: true
      state:
        description:
          - Whether the storage is there.
          - V(absent) removes the volume, the mount and all files of ours. What the share holds stays, unless O(storages[].purge)
            says otherwise.
        type: str
        default: present
        choices: [present, absent]
      driver:
        description:
          - How the share is had; needed with O(storages[].state=present).
          - V(local) leaves the mount to the engine, with its own options checked beforehand. All others mount on the host.
        type: str
        choices: [bind, sshfs, local, nfs, glusterfs, cifs, rclone]
      source:
        description: Where the share is. Which of these are needed depends on the driver, and others are refused.
        type: dict
        default: {}
        suboptions:
          server:
            description: Name or address of the server; with V(rclone) the name of the remote.
            type: str
          path:
            description:
              - Path on the server, or with V(bind) on this host.
              - With V(glusterfs) the volume, with V(cifs) the share, and with V(local) the device of a V(btrfs).
            type: str
          user:
            description: Account on the server (V(sshfs)).
            type: str
          port:
            description: Port of the server, where it isn't the usual one.
            type: int
          host_keys:
            description: Public keys of the server (V(sshfs)), as in its C(/etc/ssh/ssh_host_*_key.pub). No other is accepted.
            type: list
            elements: str
          type:
            description: With V(local), the type of the file system, one of V(nfs), V(cifs), V(tmpfs) and V(btrfs).
            type: str
      subdir:
        description: The directory of the share that the volume shows. It can't be the share itself, which is there when nothing is mounted.
        type: str
        default: data
      create_subdir:
        description: Make the directory where it isn't there. One that is there stays as it is.
        type: dict
        suboptions:
          owner:
            description: Number of its owner. Not every server lets us choose it; with V(sshfs) it is the account's own.
            type: int
          group:
            description: Number of its group.
            type: int
          mode:
            description: Its mode, in quotes.
            type: str
            default: "0750"
      access:
        description:
          - V(rwx) is for many writers, V(rox) for readers, V(rwo) for one host that writes.
          - With V(rwo) the host writes a claim into the share, and another host is refused as long as it is there.
        type: str
        default: rwx
        choices: [rwx, rox, rwo]
      mount:
        description:
          - Options of the mount, by the names that the file system gives them; those without a value are V(true) or V(false).
          - C(nosuid) and C(nodev) are on unless they are V(false).
        type: dict
        default: {}
      secret:
        description: What only root may know. It stands in files that only root can read, never in a unit, an argument list or a diff.
        type: dict
        default: {}
        suboptions:
          key:
            description: Private key (V(sshfs)).
            type: str
          username:
            description: Account (V(cifs)).
            type: str
          password:
            description: Its password (V(cifs)).
            type: str
          domain:
            description: Its domain (V(cifs)).
            type: str
          config:
            description: Text of a configuration file (V(rclone)).
            type: str
      required:
        description: Whether the engine may only start when this is mounted.
        type: bool
        default: false
      marker:
        description: Whether the share gets, and has to have, a file with its identity (C(.slipway-share)).
        type: bool
        default: true
      share_id:
        description:
          - The identity that the share has to have. By default it is made of server and path.
          - With O(storages[].access=rox) a marker is looked for only where this is set.
        type: str
      replace:
        description:
          - What a change that needs a new mount may do. V(when_unused) refuses it while a container runs with the volume,
            V(stop_containers) stops these and starts them again, and V(never) refuses it always.
        type: str
        default: when_unused
        choices: [when_unused, never, stop_containers]
      purge:
        description:
          - With O(storages[].state=absent), the name of the storage once more, to give up all that is in O(storages[].subdir) of the share.
          - Needs V(destroy) in O(consent).
        type: str
        default: ""
"""

EXAMPLES = r"""
- name: A directory of a file server, by ssh
  slipway.docker.storage:
    storages:
      - name: uploads
        driver: sshfs
        source:
          server: files.example.org
          path: /export/shop
          user: shop
          host_keys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHostKeyOfTheServer"]
        secret:
          key: "{{ vault_files_key }}"
        create_subdir: {}
        mount: {uid: 1000, gid: 1000}

- name: Something that is mounted on the host already
  slipway.docker.storage:
    storages:
      - name: archive
        driver: bind
        source: {path: /mnt/archive}
        subdir: shop
        access: rox

- name: Neither volume nor mount; what the share holds stays
  slipway.docker.storage:
    storages:
      - name: uploads
        state: absent
"""

RETURN = r"""
plan:
  description: The steps that were taken (in check mode, that would be), a line each.
  returned: always
  type: list
  elements: str
  sample: ["mount storage uploads: not found", "create volume uploads: not found"]
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
storages:
  description: The storages that are mounted on the host, as this run found them.
  returned: always
  type: list
  elements: dict
  contains:
    name:
      description: Its name.
      type: str
    path:
      description: Where it is mounted.
      type: str
    mounted:
      description: Whether it was.
      type: bool
    source:
      description: What was mounted.
      type: str
    containers:
      description: Names of the containers that run with its volume.
      type: list
      elements: str
    stale_containers:
      description: Those of them that still see what was mounted before, and have to be restarted.
      type: list
      elements: str
"""

from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage import STORAGE
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage.told import told, warned
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage.wanted import (
    OPTIONS,
    storages,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.volume import VOLUME
from ansible_collections.slipway.docker.plugins.module_utils.module import Module, finish, work
from ansible_collections.slipway.docker.plugins.module_utils.options import (
    COMMON,
    CONNECTION,
    INTERNAL,
)

# What a volume is now matters to the plan of its storage.
KINDS = (VOLUME, STORAGE)


def main() -> None:
    spec = {**OPTIONS, **CONNECTION, **COMMON, **INTERNAL}
    module = Module(argument_spec=spec, supports_check_mode=True)
    finish(
        module,
        lambda: warned(work(module, KINDS, storages(module.params))),
        lambda report: {"storages": told(report)},
    )


if __name__ == "__main__":
    main()
