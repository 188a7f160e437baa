# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules between keys of daemon.json about networks."""

from __future__ import annotations

import ipaddress
import itertools
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.complaint import (
    Complaint,
    Rule,
    View,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.values import network


def pools_are_apart(view: View) -> t.Iterator[Complaint]:
    """No two pools share addresses."""
    pools = view.get("default-address-pools", [])
    bases = [network(pool["base"]) for pool in pools]
    for (first, one), (second, other) in itertools.combinations(enumerate(bases), 2):
        if one.version == other.version and one.overlaps(other):
            yield Complaint(
                "default-address-pools",
                "found {0}, which overlaps {1} of [{2}]".format(
                    pools[second]["base"], pools[first]["base"], first
                ),
                "give each pool a network of its own",
                place="[{0}].base".format(second),
            )


def pools_are_more_than_the_bridge(view: View) -> t.Iterator[Complaint]:
    """A pool within the network of the default bridge has nothing left for others."""
    for number, pool in enumerate(view.get("default-address-pools", [])):
        bridge, base = _network_of(view, "bip"), network(pool["base"])
        if bridge is not None and base.version == 4 and base.subnet_of(bridge):
            yield Complaint(
                "default-address-pools",
                "found {0}, all of which the default bridge takes (bip {1})".format(base, bridge),
                "give bip a smaller network, or the pool another one",
                ("bip",),
                "[{0}].base".format(number),
            )


def _network_of(view: View, key: str) -> t.Any:
    value = view.get(key)
    return None if value is None else ipaddress.ip_interface(value).network


def fixed_is_inside(view: View) -> t.Iterator[Complaint]:
    """Containers' addresses are of the bridge's network."""
    for key, bridge_key in (("fixed-cidr", "bip"), ("fixed-cidr-v6", "bip6")):
        bridge, fixed = _network_of(view, bridge_key), view.get(key)
        if bridge is not None and fixed is not None and not network(fixed).subnet_of(bridge):
            yield Complaint(
                key,
                "found {0}, which is not inside {1}, the network of {2}".format(
                    fixed, bridge, bridge_key
                ),
                "take a part of {0}".format(bridge),
                (bridge_key,),
            )


def gateway_is_inside(view: View) -> t.Iterator[Complaint]:
    """The bridge's gateway is of its network."""
    for key, bridge_key in (("default-gateway", "bip"), ("default-gateway-v6", "bip6")):
        bridge, gateway = _network_of(view, bridge_key), view.get(key)
        if bridge is not None and gateway and ipaddress.ip_address(gateway) not in bridge:
            yield Complaint(
                key,
                "found {0}, which is not inside {1}, the network of {2}".format(
                    gateway, bridge, bridge_key
                ),
                "take an address of {0}".format(bridge),
                (bridge_key,),
            )


def bridge_is_one(view: View) -> t.Iterator[Complaint]:
    """A bridge of somebody else has addresses of its own."""
    for key in ("bip", "bip6"):
        if view.get("bridge") and view.get(key):
            yield Complaint(
                key,
                "the engine takes either bridge or {0}".format(key),
                "leave one of them out",
                ("bridge",),
            )


def isolation_has_rules(view: View) -> t.Iterator[Complaint]:
    """Without firewall rules nothing keeps containers apart."""
    keys = ["iptables"]
    if view.get("ipv6") and view.has_reached("28.0"):
        keys.append("ip6tables")
    for key in keys:
        if view.get("icc") is False and view.get(key) is False:
            yield Complaint(
                "icc",
                "found false, which needs the rules that {0}: false forbids".format(key),
                "set icc or {0} to true".format(key),
                (key,),
            )


def ipv6_rules_are_ready(view: View) -> t.Iterator[Complaint]:
    """IPv6 rules were an experiment once."""
    if view.is_before("27.0") and view.get("ip6tables") and not view.get("experimental"):
        yield Complaint(
            "ip6tables",
            "engine {0} makes IPv6 rules as an experiment alone".format(view.version),
            "set experimental to true as well, or use engine 27.0",
            ("experimental",),
        )


def ipv6_has_a_network(view: View) -> t.Iterator[Complaint]:
    """An older engine doesn't choose an IPv6 network by itself."""
    has_one = any(view.get(key) for key in ("fixed-cidr-v6", "bridge"))
    if view.is_before("28.0") and view.get("ipv6") and not has_one:
        yield Complaint(
            "ipv6",
            "engine {0} doesn't start with it as long as it has no network".format(view.version),
            "add fixed-cidr-v6, such as fd00:d0c::/64",
            ("fixed-cidr-v6", "bridge"),
        )


def host_gateway_is_told_once(view: View) -> t.Iterator[Complaint]:
    """The old name and the new one are the same setting."""
    if view.get("host-gateway-ip") and view.get("host-gateway-ips"):
        yield Complaint(
            "host-gateway-ip",
            "host-gateway-ips says the same",
            "leave host-gateway-ip out",
            ("host-gateway-ips",),
        )


def swarm_has_its_firewall(view: View) -> t.Iterator[Complaint]:
    """Swarms can't use nftables."""
    uses = view.get("firewall-backend") == "nftables" and view.get("iptables", True)
    if uses and view.in_swarm:
        yield Complaint(
            "firewall-backend",
            "found nftables, and this node is in a swarm, which can't use it",
            "set it to iptables, or have the node leave the swarm first",
            ("iptables",),
        )


NETWORK_RULES: tuple[Rule, ...] = (
    pools_are_apart,
    pools_are_more_than_the_bridge,
    fixed_is_inside,
    gateway_is_inside,
    bridge_is_one,
    isolation_has_rules,
    ipv6_rules_are_ready,
    ipv6_has_a_network,
    host_gateway_is_told_once,
    swarm_has_its_firewall,
)
