# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a container about what it may use of its host, and what separates the two."""

from __future__ import annotations


class ModuleDocFragment:
    """Compose's names; a row each, and an alias where C(community.docker) says the same by another name."""

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
