#!/usr/bin/python
# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: engine
short_description: Manage the Docker engine of a host
version_added: 0.1.0
author:
  - Slipway authors (@slipway)
description:
  - Installs the Docker engine, configures it before its first start, starts it, and waits until its API answers.
  - Of C(/etc/docker/daemon.json) only the keys that stand in O(config) are ours. Foreign keys stay as they are; a key that is
    taken out of O(config) is taken out of the file.
  - A changed key is reloaded where the engine can do that, otherwise the engine is restarted, at most once a run. The plan says
    which containers stop. An engine that doesn't come up with a new file gets its old one back, and the error shows its last words.
  - The engine is run by systemd, by Debian's init script, or, where neither can, by a small supervisor that outlives the run.
    One that was started by hand is left running as it is.
  - Nothing is fetched from the network unless a package is missing.
extends_documentation_fragment:
  - slipway.docker.converging
  - slipway.docker.from_controller
options:
  state:
    description:
      - Whether the engine is installed and runs.
      - V(absent) stops it and removes its packages, our keys of C(daemon.json) and the users that we put into its group.
        What it holds (images, containers, volumes) stays, unless O(remove_data) says otherwise.
    type: str
    default: present
    choices: [present, absent]
  source:
    description:
      - Where the engine comes from. V(distro) is the distribution's own packages, on Debian and Ubuntu.
      - V(archive) is Docker's static archive, see O(archive), for hosts that reach no repository. The programs lie below
        C(/opt/slipway/engine), with links in C(/usr/local/bin); under systemd they are run by units of our own. Only C(iptables),
        AppArmor's tools where the kernel has it, and the Docker SDK for Python are packages, and fetched only if they are missing.
      - One can't become the other while it is installed. O(state=absent) comes in between, and what the engine holds stays.
    type: str
    default: distro
    choices: [distro, archive]
  archive:
    description:
      - The static archive (C(docker-VERSION.tgz)), for O(source=archive). It has C(docker/) with C(dockerd), C(docker), C(containerd),
        C(containerd-shim-runc-v2), C(ctr), C(runc), C(docker-init) and C(docker-proxy), and nothing else.
      - Another archive is an upgrade or a downgrade, with one restart. The engine that doesn't come up with it gets the old one
        back. The last version stays on the host; those before it go.
      - What is unpacked with this checksum already is neither sent nor fetched again.
    type: dict
    suboptions:
      file:
        description: The archive on the controller, which is sent along when it is needed. Looked for in C(files/) as well.
        type: str
      remote:
        description: Whether O(archive.file) lies on the host.
        type: bool
        default: false
      url:
        description: Where the host fetches the archive from, by HTTP or HTTPS without a login.
        type: str
      checksum:
        description: Its digest, C(sha256:) and 64 hexadecimal digits. Nothing is unpacked before it is proven.
        type: str
        required: true
  _parcel:
    description: Set by the action plugin. The parcel that the archive on the controller is.
    type: str
    default: ""
  packages:
    description:
      - More packages that have to be there, such as C(git) for builds from repositories.
      - Recommended packages are not installed on their own.
    type: list
    elements: str
    default: []
  sdk:
    description: Whether the Docker SDK for Python has to be there, which the other modules need.
    type: bool
    default: true
  config:
    description: Keys of C(daemon.json), with their own names. Unknown keys and wrong types are refused before anything is touched.
    type: dict
    default: {}
  log_rotation:
    description: Options of the log driver C(json-file), used where O(config) has neither C(log-driver) nor C(log-opts).
    type: dict
    default: {}
  environment:
    description:
      - Variables that the engine is started with. They stand in a drop-in of our own, which only root can read; without systemd
        in a part of C(/etc/default/docker) between two marks.
      - A change of them restarts the engine.
    type: dict
    default: {}
  proxies:
    description: The proxies that the engine itself pulls and pushes through, as variables of its environment.
    type: dict
    default: {}
    suboptions:
      http:
        description: Where requests by HTTP go (E(HTTP_PROXY)).
        type: str
      https:
        description: Where requests by HTTPS go (E(HTTPS_PROXY)).
        type: str
      no_proxy:
        description: Hosts and domains that are reached directly, with commas between them (E(NO_PROXY)).
        type: str
  users:
    description:
      - Accounts that shall be in the group C(docker), which is as good as root on this host.
      - Accounts that others put there stay; one that we put there leaves when it is taken out of this list.
    type: list
    elements: str
    default: []
  wait_timeout:
    description: Seconds within which a started engine has to answer.
    type: int
    default: 60
  remove_data:
    description: With O(state=absent), remove all that the engine held as well. Needs V(destroy) in O(consent).
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: An engine
  slipway.docker.engine:

- name: An engine with settings of its own
  slipway.docker.engine:
    config:
      live-restore: true
      registry-mirrors: [https://mirror.example.org]
    log_rotation:
      max-size: 10m
      max-file: 3
    users: [deploy]

- name: An engine of an archive that lies beside the playbook, for a host without any repository
  slipway.docker.engine:
    source: archive
    archive:
      file: docker-28.5.2.tgz
      checksum: sha256:1f8d0ae1e4b1d9f1d2b3b8c7e1a0f1c2d3e4f5061728394a5b6c7d8e9f001122

- name: No engine, and nothing of what it held
  slipway.docker.engine:
    state: absent
    remove_data: true
    consent: [restart, destroy]
"""

RETURN = r"""
plan:
  description: The steps that were taken (in check mode, that would be), a line each.
  returned: always
  type: list
  elements: str
  sample: ["install engine docker: docker.io, python3-docker not found", "start engine docker: not running"]
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
engine:
  description: The engine as it is after the run.
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
    warnings:
      description: What the engine itself warns of.
      type: list
      elements: str
"""

from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import ENGINE
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.wanted import (
    OPTIONS,
    engine,
    seen,
    told,
)
from ansible_collections.slipway.docker.plugins.module_utils.module import (
    Module,
    finish,
    this_host,
    work,
)
from ansible_collections.slipway.docker.plugins.module_utils.options import COMMON, INTERNAL


def main() -> None:
    module = Module(argument_spec={**OPTIONS, **COMMON, **INTERNAL}, supports_check_mode=True)
    finish(
        module,
        lambda: work(module, (ENGINE,), [engine(module.params)]),
        lambda report: {"engine": told(seen(this_host(module), report))},
    )


if __name__ == "__main__":
    main()
