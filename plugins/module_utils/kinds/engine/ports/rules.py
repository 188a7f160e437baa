# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A policy as rules of iptables, spelt as iptables-save spells them."""

from __future__ import annotations

import ipaddress
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.ports.policy import (
    DENY,
    Policy,
)

CHAIN, USER_CHAIN = "SLIPWAY-PORTS", "DOCKER-USER"
# What leads to our chain. The engine makes the first as well, where it has rules in the family.
WAY, JUMP = "-A FORWARD -j {0}".format(USER_CHAIN), "-A {0} -j {1}".format(USER_CHAIN, CHAIN)
# As long as the engine's own rules are there, so is its chain.
ENGINES_CHAIN = ":DOCKER "
TOOLS = {4: "iptables", 6: "ip6tables"}
# What containers send comes from one of these, and isn't judged.
BRIDGES = ("docker0", "docker_gwbridge", "br-+")
# Only what was addressed to a port of the host, and led on from there, has this state.
PUBLISHED = "-m conntrack --ctstate DNAT"


def rules(policy: Policy, family: int) -> tuple[str, ...]:
    """The rules of our chain; what none of them drops goes on as if there were no policy."""
    lines = (*_passing(), *_allowing(policy, family), *_dropping(policy))
    return tuple("-A {0} {1}".format(CHAIN, line) for line in lines)


def _passing() -> t.Iterator[str]:
    # Without the userland proxy the engine would keep networks from each other's published ports.
    for bridge in BRIDGES:
        yield "-i {0} {1} -j ACCEPT".format(bridge, PUBLISHED)
    yield "-m conntrack --ctstate RELATED,ESTABLISHED -j RETURN"
    for bridge in BRIDGES:
        yield "-i {0} -j RETURN".format(bridge)


def _allowing(policy: Policy, family: int) -> t.Iterator[str]:
    for rule in policy.get("allow", ()):
        for source in _sources(rule, family):
            for ports in rule["ports"]:
                yield "{0}{1} -j RETURN".format(source, _published(ports))


def _dropping(policy: Policy) -> t.Iterator[str]:
    for interface in policy.get("interfaces") or ("",):
        on = "-i {0} ".format(interface) if interface else ""
        if policy["default"] == DENY:
            yield "{0}{1} -j DROP".format(on, PUBLISHED)
            # A neighbour can route to a container's own address, past the published port.
            for bridge in BRIDGES:
                yield "{0}-o {1} -m conntrack --ctstate NEW -j DROP".format(on, bridge)
        else:
            for ports in dict.fromkeys(
                each for rule in policy.get("allow", ()) for each in rule["ports"]
            ):
                yield "{0}{1} -j DROP".format(on, _published(ports))


def _sources(rule: Policy, family: int) -> t.Iterator[str]:
    if "from" not in rule:
        yield ""
    for source in rule.get("from", ()):
        network = ipaddress.ip_network(source)
        if network.version == family:
            yield "-s {0} ".format(network) if network.prefixlen else ""


def _published(ports: str) -> str:
    span, _slash, protocol = ports.partition("/")
    return "-p {0} {1} --ctorigdstport {2}".format(protocol, PUBLISHED, span.replace("-", ":"))
