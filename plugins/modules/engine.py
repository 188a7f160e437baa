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
  - Nothing is fetched from the network unless a package is missing, or another version is wanted than the one that is installed.
  - Users without rights can have engines of their own, see O(rootless).
  - The version that is installed and the one that runs are two facts. Where they differ, a restart is due, and the plan says so.
notes:
  - Debian and Ubuntu are tested on real hosts. For Fedora and Enterprise Linux (dnf) only recorded answers are tested; openSUSE (zypper) is
    untested, and Alpine (apk) has no source yet.
  - On dnf holding needs the plugin C(versionlock).
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
      - Where the engine comes from. V(distro) is the distribution's own packages.
      - V(upstream) is Docker's own packages (C(docker-ce), C(docker-ce-cli), C(containerd.io)), from O(repository).
      - V(archive) is Docker's static archive, see O(archive), for hosts that reach no repository. The programs lie below
        C(/opt/slipway/engine), with links in C(/usr/local/bin); under systemd they are run by units of our own. Only C(iptables),
        AppArmor's tools where the kernel has it, and the Docker SDK for Python are packages, and fetched only if they are missing.
      - With another source than the one that the engine came from, its packages have to give way; see O(replace). An archive and
        packages can't replace each other; O(state=absent) comes in between, and what the engine holds stays.
    type: str
    default: distro
    choices: [distro, archive, upstream]
  repository:
    description:
      - Docker's repository, for O(source=upstream).
      - It is declared in files of our own, with the one key that signs it. They go when O(source) changes back, and with
        O(state=absent). A declaration of the same repository that somebody else wrote is refused, and never changed.
    type: dict
    suboptions:
      url:
        description: Its address up to the name of the distribution, also a mirror's. Logins belong in C(/etc/apt/auth.conf.d).
        type: str
        default: https://download.docker.com/linux
      channel:
        description: The channel, such as V(stable) or V(test).
        type: str
        default: stable
      suite:
        description:
          - The release of the distribution that the packages are for, such as V(bookworm).
          - By default the host's own.
        type: str
      key:
        description:
          - The public key, as an address, a path on the host, or its own text.
          - By default C(gpg) in the distribution's directory below O(repository.url).
        type: str
      fingerprint:
        description:
          - The fingerprint of the only key that is accepted. A file with another key, or with more than one, is refused
            before anything is used.
          - By default that of Docker's own key for packages of this kind.
        type: str
  version:
    description:
      - The engine's version, in quotes, as far as it matters V('26.1'), V('26.1.5'), or the whole version of the package.
      - Where what is installed begins with it, nothing is fetched. Otherwise the newest one that is offered and begins with it is
        installed, be it newer or older. One that isn't offered is refused with a list of what is.
      - The client goes along, and C(containerd.io) when the engine goes up. An engine that doesn't come up gets its old packages and
        its old C(daemon.json) back, as long as they are still offered or lie in C(/var/cache/apt/archives).
      - Without it, any version will do, and none is ever upgraded.
    type: raw
  hold:
    description:
      - Whether the engine's packages are held, so that no upgrade of the host changes them.
      - By default they are where O(version) is set. What others hold stays held.
    type: bool
  replace:
    description:
      - Whether another engine's packages that are in the way, such as C(docker.io) in that of C(docker-ce), are removed in the same
        transaction. What they run stops; images, containers and volumes stay.
    type: bool
    default: false
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
    description:
      - Keys of C(daemon.json), with their own names. The page C(docs/engine-keys.md) has them all, with their types, the engines
        that know them, and whether a change is reloaded or takes a restart.
      - Unknown keys, values that don't fit, keys that this engine's version doesn't know, and keys that can't be together are
        refused before anything is touched.
      - A new C(data-root) under an engine that holds something moves it there, which takes V(restart) and V(destroy) in O(consent).
        All is copied and compared; the old directory is given up once the engine has all of it in the new one.
      - C(userns-remap) gets its account and subordinate ids. Under an engine that holds something it takes V(destroy) in O(consent),
        since images and containers are out of sight as long as it is so.
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
  kernel_modules:
    description:
      - Kernel modules that have to be there, now and after a boot, such as V(br_netfilter). Those that are built in are there.
      - They stand in C(/etc/modules-load.d/slipway-docker.conf). One that is taken out of this list is not unloaded.
    type: list
    elements: str
    default: []
  sysctls:
    description:
      - Settings of the kernel and their values, now and after a boot.
      - They stand in C(/etc/sysctl.d/99-zz-slipway-docker.conf). One that is taken out keeps its value until the next boot.
      - The engine turns V(net.ipv4.ip_forward) on itself when it starts, and closes the host for what others would have it
        forward only if it was off before. So it is not among these unless you ask for it.
    type: dict
    default: {}
  published_ports:
    description:
      - Who may reach the ports that containers publish, which otherwise are open to everybody whatever the firewall says.
      - Connections that containers open, those between them, and those of the host itself are not judged. Nothing that ends at
        the host is, so no policy can lock anybody out of it.
      - It is kept as a chain of our own, to which C(DOCKER-USER) leads; a unit of our own has it in force before the engine
        starts a container, and puts it back when a firewall is reloaded. What others put into C(DOCKER-USER) stays.
      - With it the engine's C(userland-proxy) is off unless O(config) says otherwise, since that takes connections past every rule.
        On a host with IPv6 a policy is refused with it, and so it is on an engine that leaves C(iptables) alone.
    type: dict
    default: {}
    suboptions:
      default:
        description: What holds for a port that no rule names; V(deny) if anything at all is said here.
        type: str
        choices: [allow, deny]
      interfaces:
        description: The interfaces on which the policy holds; all but the engine's own bridges if none is named.
        type: list
        elements: str
      allow:
        description: Rules; a port that is named by any is closed to all whom none of them lets in.
        type: list
        elements: dict
        suboptions:
          ports:
            description: Published ports of the host, such as V(443), V(53/udp) or V(8000-8100). Without a protocol it is TCP.
            type: list
            elements: str
            required: true
          from:
            description: Addresses and networks that are let in, IPv4 or IPv6; everybody if there is none.
            type: list
            elements: str
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
  restart:
    description:
      - Whether a running engine may be restarted, where a reload isn't enough.
      - With V(never), a plan that needs a restart is refused before anything is touched, with the keys and containers that it
        is about. With V(when_empty), it is refused as long as containers run that V(live-restore) doesn't keep running.
      - A reload is always allowed. O(consent) has to allow the effect V(restart) as well.
    type: str
    default: allowed
    choices: [allowed, never, when_empty]
  wait_timeout:
    description: Seconds within which a started engine has to answer.
    type: int
    default: 60
  remove_data:
    description: With O(state=absent), remove all that the engine held as well. Needs V(destroy) in O(consent).
    type: bool
    default: false
  rootless:
    description:
      - Engines of users, each run without root by its user's own service manager, whether the user is logged in or not.
      - What such an engine needs is made for it (packages, subordinate ids, lingering, a unit) and goes with it, if we made it.
        Packages stay.
      - Other modules reach it by its RV(rootless[].docker_host).
      - A user who is taken out of this list keeps the engine; to take it away, set O(rootless[].state=absent).
    type: list
    elements: dict
    default: []
    suboptions:
      user:
        description: The account, which has to exist, and may not be root.
        type: str
        required: true
      state:
        description:
          - Whether the user's engine is there and runs.
          - V(absent) stops it, and takes away its unit, our keys of its C(daemon.json), and lingering if we turned it on.
            What it holds stays, and with it the subordinate ids that own it, unless O(rootless[].remove_data) says otherwise.
        type: str
        default: present
        choices: [present, absent]
      config:
        description: Keys of the user's C(~/.config/docker/daemon.json), handled as those of O(config).
        type: dict
        default: {}
      environment:
        description:
          - Variables for the engine, such as C(DOCKERD_ROOTLESS_ROOTLESSKIT_NET) or C(HTTPS_PROXY).
          - They are kept in the unit, which nobody but the user can read.
        type: dict
        default: {}
      remove_data:
        description: With O(rootless[].state=absent), remove all that the user's engine held as well. Needs V(destroy) in O(consent).
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

- name: Docker's own packages from a mirror, held at a version
  slipway.docker.engine:
    source: upstream
    repository:
      url: https://mirror.example.org/docker/linux
    version: "28.5"
    replace: true

- name: An engine for the host, and one that a user runs without root
  slipway.docker.engine:
    rootless:
      - user: deploy
        config:
          log-driver: local
  register: engines

- name: A volume of that user's engine
  slipway.docker.volume:
    name: data
    docker_host: "{{ engines.rootless[0].docker_host }}"

- name: An engine whose containers are reached by HTTPS alone, and from the office by PostgreSQL as well
  slipway.docker.engine:
    published_ports:
      default: deny
      allow:
        - ports: [443]
        - ports: [5432]
          from: [192.0.2.0/24, "2001:db8:1::/48"]

- name: An engine that holds something, with its data elsewhere
  slipway.docker.engine:
    config:
      data-root: /srv/docker
    consent: [reload, restart, destroy]

- name: What can be reloaded, and a restart only where it stops no container
  slipway.docker.engine:
    config:
      registry-mirrors: [https://mirror.example.org]
      mtu: 1400
    restart: when_empty

- name: An engine that the client ci can reach on port 2376
  slipway.docker.engine:
    remote_api:
      names: [build.example.org]
      ca: "{{ inventory_dir }}/../ca"
      clients: [ci]

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
rootless:
  description: The users' engines as they are after the run, in the order of O(rootless).
  returned: always
  type: list
  elements: dict
  contains:
    user:
      description: Whose it is.
      type: str
    socket:
      description: Where it answers.
      type: str
      sample: /run/user/1000/docker.sock
    docker_host:
      description: The same as the option C(docker_host) of other modules and the variable E(DOCKER_HOST) take it.
      type: str
      sample: unix:///run/user/1000/docker.sock
    running:
      description: Whether it runs.
      type: bool
    enabled:
      description: Whether it is started at boot, with nobody logged in.
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
      description: How it makes control groups; C(none) means that limits of memory and processors have no effect.
      type: str
    data_root:
      description: The directory of all that it holds.
      type: str
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
    seen,
    told,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless import ROOTLESS, wanted
from ansible_collections.slipway.docker.plugins.module_utils.module import (
    Module,
    finish,
    this_host,
    work,
)
from ansible_collections.slipway.docker.plugins.module_utils.options import COMMON, INTERNAL


def main() -> None:
    spec = {**OPTIONS, **wanted.OPTIONS, **COMMON, **INTERNAL}
    module = Module(argument_spec=spec, supports_check_mode=True)
    outside = this_host(module)
    finish(
        module,
        lambda: work(module, (ENGINE, ROOTLESS), wanted.engines(module.params), outside),
        lambda report: {
            "engine": told(seen(outside, report)),
            "rootless": [
                wanted.told(each["user"], wanted.seen(outside, report, each["user"]))
                for each in module.params["rootless"]
            ],
        },
    )


if __name__ == "__main__":
    main()
