# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a container that are rows of its table, by topic."""

from __future__ import annotations


class ModuleDocFragment:
    """Compose's names; a row each, and an alias where C(community.docker) says the same by another name."""

    PROCESS = r"""
options:
  image:
    description: The image. Where its name stands for another content than the container was made
      of, the container is made anew.
    type: str
  platform:
    description: Platform of the image, such as V(linux/arm64).
    type: str
  command:
    description: The command in place of the image's, as a list of words or one text that is split
      as a shell would.
    type: raw
  entrypoint:
    description: The entrypoint in place of the image's, as a list of words or one text. The image's
      command is not used beside it.
    type: raw
  environment:
    description:
      - Environment variables, as a mapping or a list of C(NAME=value).
      - A name without a value takes the image's variable away.
    type: raw
    aliases: [env]
  user:
    description: User, or user and group, that the command runs as.
    type: str
  working_dir:
    description: Working directory of the command.
    type: str
  tty:
    description: Give the command a terminal.
    type: bool
  stdin_open:
    description: Keep the command's input open.
    type: bool
    aliases: [interactive]
  init:
    description: Run a small init as the first process, which passes signals on and reaps what
      ended.
    type: bool
  labels:
    description: Labels, as a mapping or a list of C(NAME=value).
    type: raw
  annotations:
    description: Annotations for the runtime, as a mapping or a list of C(NAME=value). Needs API
      1.43.
    type: raw
  healthcheck:
    description:
      - How the engine finds out whether the container is healthy. Keys are C(test) (a text for the
        shell, or a list that begins with
        V(CMD), V(CMD-SHELL) or V(NONE)), C(interval), C(timeout), C(retries), C(start_period),
        C(start_interval) and C(disable).
      - What is left out is the image's.
    type: dict
  restart:
    description: When the engine restarts the container, V(no), V(always), V(unless-stopped),
      V(on-failure) or V(on-failure:3). Changed in place.
    type: str
    aliases: [restart_policy]
  stop_signal:
    description: The signal that asks the command to end; the image's or V(SIGTERM) otherwise.
    type: str
  stop_grace_period:
    description: How long the command may take to end before it is killed, such as V(1m30s) or a
      number of seconds.
    type: raw
    aliases: [stop_timeout]
  logging:
    description: The log C(driver) and its C(options).
    type: dict
"""

    NETWORK = r"""
options:
  hostname:
    description: Host name within the container.
    type: str
  domainname:
    description: Domain name within the container.
    type: str
  network_mode:
    description: V(none), V(host), V(bridge), V(container:NAME), or a network by its name. It
      doesn't go with O(networks).
    type: str
  networks:
    description:
      - Networks to be on, as a list of names, a mapping of names, or a list of mappings with
        C(name).
      - Each may have C(aliases), C(ipv4_address), C(ipv6_address), C(link_local_ips),
        C(mac_address), C(driver_opts), C(interface_name),
        C(priority) and C(gw_priority).
      - The container is made on the one of the highest priority. Other networks are connected and
        disconnected in place.
    type: raw
  mac_address:
    description: Hardware address on the network that the container is made on.
    type: str
  ports:
    description:
      - Published ports, in Compose's short syntax (V(8080:80), V(127.0.0.1:5353:53/udp),
        V(8000-8005:8000-8005)) or as mappings with
        C(target), C(published), C(protocol) and C(host_ip).
      - A port of the host that another container has is refused before anything is touched.
    type: list
    elements: raw
    aliases: [published_ports]
  expose:
    description: Ports that the container listens on, such as V(3000), V(53/udp) or V(8000-8005),
      beside the image's and the published ones.
    type: list
    elements: str
    aliases: [exposed_ports]
  links:
    description: Containers to be known by another name, as V(container:alias).
    type: list
    elements: str
  extra_hosts:
    description: Entries for the container's hosts file, as a mapping of names to addresses or a
      list of V(name=address).
    type: raw
    aliases: [etc_hosts]
  dns:
    description: Addresses of name servers, in their order.
    type: list
    elements: str
    aliases: [dns_servers]
  dns_opt:
    description: Options of the resolver, in their order.
    type: list
    elements: str
    aliases: [dns_opts]
  dns_search:
    description: Domains to look names up in, in their order.
    type: list
    elements: str
    aliases: [dns_search_domains]
"""

    STORAGE = r"""
options:
  read_only:
    description: Keep the container from writing to its own file system.
    type: bool
  volumes:
    description:
      - Mounts, in Compose's short syntax (V(data:/var/lib/data), V(/srv/www:/www:ro), or
        V(/scratch) for a volume without a name) or as mappings with
        C(type) (V(bind), V(volume), V(tmpfs), V(image)), C(source), C(target), C(read_only), and
        C(bind), C(volume), C(tmpfs) or C(image).
      - A volume without a name stays with the container when that is made anew.
      - A named volume has to be there, or to be made by the same plan.
    type: list
    elements: raw
  volumes_from:
    description: Containers whose mounts to share, as V(container) or V(container:ro).
    type: list
    elements: str
  tmpfs:
    description: Paths in memory, with options such as V(/run:size=64m,mode=755).
    type: list
    elements: str
"""

    RESOURCES = r"""
options:
  cpus:
    description: How many processors it may use, such as V(1.5). Changed in place.
    type: float
  cpu_shares:
    description: Weight against other containers. Changed in place.
    type: int
  cpu_period:
    description: Length of a scheduler period in microseconds, or as a duration. Changed in place.
    type: raw
  cpu_quota:
    description: Processor time per period in microseconds, or as a duration. Changed in place.
    type: raw
  cpu_rt_period:
    description: Length of a realtime period in microseconds, or as a duration.
    type: raw
  cpu_rt_runtime:
    description: Realtime per period in microseconds, or as a duration.
    type: raw
  cpu_count:
    description: For containers on Windows, and refused here.
    type: int
  cpu_percent:
    description: For containers on Windows, and refused here.
    type: float
  cpuset:
    description: Processors that it may run on, such as V(0-3) or V(0,1). Changed in place.
    type: str
    aliases: [cpuset_cpus]
  mem_limit:
    description: How much memory it may use, such as V(512m). Changed in place.
    type: raw
    aliases: [memory]
  memswap_limit:
    description: Memory and swap together; V(-1) for no limit, twice O(mem_limit) where nothing is
      said. Changed in place.
    type: raw
    aliases: [memory_swap]
  mem_reservation:
    description: Memory that it is pushed back to when memory is scarce. Changed in place.
    type: raw
    aliases: [memory_reservation]
  mem_swappiness:
    description: How readily its memory is swapped out, from V(0) to V(100).
    type: int
    aliases: [memory_swappiness]
  oom_kill_disable:
    description: Don't kill it when memory runs out.
    type: bool
    aliases: [oom_killer]
  oom_score_adj:
    description: How readily it is killed when the host's memory runs out, from V(-1000) to V(1000).
    type: int
  pids_limit:
    description: How many processes it may have; V(-1) for no limit. Changed in place.
    type: int
  blkio_config:
    description:
      - Share of block devices, with C(weight), C(weight_device), C(device_read_bps),
        C(device_read_iops), C(device_write_bps) and C(device_write_iops).
      - A changed weight is changed in place.
    type: dict
  ulimits:
    description: Limits of its processes, as a mapping of names to a number or to C(soft) and
      C(hard), or a list of V(nofile:1024:2048).
    type: raw
  shm_size:
    description: Size of its shared memory, such as V(128m).
    type: raw
  storage_opt:
    description: Options of the storage driver, as a mapping or a list of C(NAME=value).
    type: raw
    aliases: [storage_opts]
  cgroup:
    description: Control group namespace, V(host) or V(private).
    type: str
    aliases: [cgroupns_mode]
  cgroup_parent:
    description: Control group that its own is made in.
    type: str
"""

    ISOLATION = r"""
options:
  privileged:
    description: Let it do all that the host's root can do.
    type: bool
  cap_add:
    description: Capabilities to add, such as V(NET_ADMIN), or V(ALL).
    type: list
    elements: str
    aliases: [capabilities]
  cap_drop:
    description: Capabilities to take away, or V(ALL).
    type: list
    elements: str
  security_opt:
    description: Security options, such as V(no-new-privileges=true), V(apparmor=unconfined),
      V(seccomp=unconfined) or V(systempaths=unconfined).
    type: list
    elements: str
    aliases: [security_opts]
  devices:
    description: Devices of the host, as V(/dev/sda:/dev/xvda:rwm) or mappings with C(source),
      C(target) and C(permissions).
    type: list
    elements: raw
  device_cgroup_rules:
    description: Rules of the device control group, such as V(c 1:3 mr).
    type: list
    elements: str
  gpus:
    description: Graphics processors, as V(all) or a list of mappings with C(driver), C(count),
      C(device_ids), C(capabilities) and C(options).
    type: raw
  group_add:
    description: Groups, by name or number, that the command's user is in as well.
    type: list
    elements: str
    aliases: [groups]
  ipc:
    description: Inter-process communication namespace, V(private), V(shareable), V(none), V(host)
      or V(container:NAME).
    type: str
    aliases: [ipc_mode]
  pid:
    description: Process namespace, V(host) or V(container:NAME).
    type: str
    aliases: [pid_mode]
  uts:
    description: Host name namespace, V(host).
    type: str
  userns_mode:
    description: User namespace, V(host).
    type: str
  isolation:
    description: How it is isolated; Linux knows V(default) only.
    type: str
  runtime:
    description: The runtime; V(runc) where nothing is said.
    type: str
  sysctls:
    description: Kernel parameters of its namespaces, as a mapping or a list of C(NAME=value).
    type: raw
"""
