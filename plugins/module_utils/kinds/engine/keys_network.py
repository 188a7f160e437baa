# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The keys of daemon.json about networks: the default bridge, pools, names, the firewall."""

from __future__ import annotations

from ansible_collections.slipway.docker.plugins.module_utils.core.field import Effect
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import structures, values
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.key import Key
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.structures import (
    list_of,
    set_of,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.values import (
    ADDRESS,
    FLAG,
    PORT,
    TEXT,
    one_of,
    whole,
)

NETWORK_KEYS = (
    Key("allow-direct-routing", FLAG, "let others reach published ports on containers' own addresses", since="28.2"),
    Key("bip", values.BRIDGE_4, "IPv4 address and network of the default bridge"),
    Key("bip6", values.BRIDGE_6, "IPv6 address and network of the default bridge", since="28.0"),
    Key("bridge", TEXT, "another bridge for containers without a network, or none"),
    Key("bridge-accept-fwmark", values.MARK, "packets with this mark pass into bridge networks", since="29.0"),
    Key("default-address-pools", structures.POOLS, "what new networks take their addresses from"),
    Key("default-gateway", values.ADDRESS_4, "IPv4 gateway of containers on the default bridge"),
    Key("default-gateway-v6", values.ADDRESS_6, "IPv6 gateway of containers on the default bridge"),
    Key("default-network-opts", structures.NETWORK_OPTIONS, "driver options of new networks", since="24.0"),
    Key("dns", list_of(ADDRESS, "IP addresses"), "name servers of containers"),
    Key("dns-opts", structures.TEXTS, "resolver options of containers"),
    Key("dns-search", list_of(values.DOMAIN, "domains"), "search domains of containers"),
    Key("firewall-backend", one_of("iptables", "nftables"), "how firewall rules are made", since="29.0"),
    Key("fixed-cidr", values.NETWORK_4, "the part of bip that containers get addresses from"),
    Key("fixed-cidr-v6", values.NETWORK_6, "IPv6 network of the default bridge"),
    Key("host-gateway-ip", ADDRESS, "what host-gateway in extra_hosts stands for"),
    Key("host-gateway-ips", list_of(ADDRESS, "IP addresses"), "the same, one address a family", since="28.0"),
    Key("icc", FLAG, "whether containers on the default bridge reach each other"),
    Key("ip", ADDRESS, "the host's address that ports are published on, where none is told"),
    Key("ip-forward", FLAG, "whether the engine turns on forwarding in the kernel"),
    Key("ip-forward-no-drop", FLAG, "don't set the policy of FORWARD to DROP with it", since="28.0"),
    Key("ip-masq", FLAG, "masquerading for the default bridge"),
    Key("ip6tables", FLAG, "whether the engine makes IPv6 firewall rules"),
    Key("iptables", FLAG, "whether the engine makes IPv4 firewall rules"),
    Key("ipv6", FLAG, "IPv6 on the default bridge"),
    Key("mtu", whole(68, 65535), "MTU of the default bridge"),
    Key("network-control-plane-mtu", whole(500, 65535), "MTU of the control plane of swarm networks"),
    Key("network-diagnostic-port", PORT, "port of the network diagnostic server, on localhost", Effect.RELOAD, reset=True),
    Key("proxies", structures.PROXY_MAP, "proxies for what the engine itself fetches", since="23.0"),
    Key("swarm-default-advertise-addr", TEXT, "address or interface that a swarm is told"),
    Key("userland-proxy", FLAG, "whether a program forwards ports where the firewall can't"),
    Key("userland-proxy-path", values.PATH, "that program"),
    Key(
        "cluster-advertise", TEXT, "address in a store of networks of old", until="23.0",
        instead="use a swarm's overlay networks",
    ),
    Key(
        "cluster-store", TEXT, "store of networks of old", until="23.0",
        instead="use a swarm's overlay networks",
    ),
    Key(
        "cluster-store-opts", structures.TEXT_MAP, "options of that store", until="23.0",
        instead="use a swarm's overlay networks",
    ),
)  # fmt: skip
REGISTRY_KEYS = (
    Key(
        "allow-nondistributable-artifacts", set_of(values.REGISTRY, "registries"),
        "where layers go that others don't allow to be distributed", Effect.RELOAD, until="28.0",
        instead="they are pushed everywhere; leave it out",
    ),
    Key("insecure-registries", set_of(values.REGISTRY, "registries"), "registries without TLS, or with any certificate", Effect.RELOAD),
    Key("max-concurrent-downloads", values.COUNT, "layers that are pulled at once", Effect.RELOAD, reset=True),
    Key("max-concurrent-uploads", values.COUNT, "layers that are pushed at once", Effect.RELOAD, reset=True),
    Key("max-download-attempts", whole(1), "how often a pull tries, once a connection broke", Effect.RELOAD, reset=True),
    Key("registry-mirrors", list_of(values.MIRROR, "URLs"), "mirrors of Docker Hub, in the order in which they are asked", Effect.RELOAD),
)  # fmt: skip
