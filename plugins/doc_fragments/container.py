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
