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
    description: Where the engine comes from. V(distro) is the distribution's own packages, on Debian and Ubuntu.
    type: str
    default: distro
    choices: [distro]
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
  remote_api:
    description:
      - Have the engine listen on a port as well, with TLS, for clients with a certificate alone. Its local socket stays.
      - Without this option no port is opened, and one that was opened by it is closed.
      - The host's certificate is issued on the controller, and issued anew before it ends or when it no longer fits; then the engine
        is restarted. The authority's key never leaves the controller, and the host's key isn't kept there.
      - See C(docs/remote-api.md).
    type: dict
    suboptions:
      address:
        description: The IP address of the host to listen on; V(::) is every one, IPv6 included.
        type: str
        default: 0.0.0.0
      port:
        description: The port to listen on.
        type: int
        default: 2376
      names:
        description:
          - DNS names and IP addresses by which clients reach the engine, for its certificate.
          - By default the host's name in the inventory and the address by which Ansible reaches it. An O(remote_api.address) that
            isn't every one is always among them.
        type: list
        elements: str
        default: []
      ca:
        description:
          - Directory of the certificate authority on the controller, made on first use. Whoever can read C(ca-key.pem) in it is root
            on all hosts that trust it.
          - A relative path counts from the playbook.
        type: path
        default: ~/.slipway/ca
      valid_days:
        description: Days for which a new certificate holds.
        type: int
        default: 365
      renew_before_days:
        description: A certificate that ends within this many days is issued anew.
        type: int
        default: 30
      clients:
        description:
          - Names of clients for which there shall be a certificate on the controller, as C(ca.pem), C(cert.pem) and C(key.pem) in
            C(clients/NAME) of O(remote_api.ca), where E(DOCKER_CERT_PATH) can lead to.
          - One that is taken out of this list keeps its certificate, which holds until it ends.
        type: list
        elements: str
        default: []
  _certificate:
    description: Set by the action plugin. The digest of the certificate that the host is to have, and why.
    type: str
    default: ""
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

- name: An engine that the client ci can reach on port 2376
  slipway.docker.engine:
    remote_api:
      names: [build.example.org]
      ca: "{{ inventory_dir }}/../ca"
      clients: [ci]

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
controller:
  description: What was done on the controller (in check mode, what would be), a line each.
  returned: when O(remote_api) is set
  type: list
  elements: str
  sample: ["make authority /home/ops/.slipway/ca: not found", "issue client certificate ci: not found"]
remote_api:
  description: What it takes to get in by the remote API.
  returned: when O(remote_api) is set
  type: dict
  contains:
    names:
      description: The names in the host's certificate.
      type: list
      elements: str
    ca:
      description: The directory of the authority on the controller.
      type: str
    clients:
      description: The directory of each client on the controller.
      type: dict
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
