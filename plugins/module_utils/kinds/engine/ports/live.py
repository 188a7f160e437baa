# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host has of a policy: the rules in force, what keeps them so, and what could go past them."""

from __future__ import annotations

import dataclasses
import re
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.ports.files import (
    ENABLED,
    RUNNING,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.ports.policy import Policy
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.ports.rules import (
    CHAIN,
    ENGINES_CHAIN,
    JUMP,
    TOOLS,
    WAY,
    rules,
)

INTERFACES, ADDRESSES = "/proc/net/dev", "/proc/net/if_inet6"
ENGINES_OWN = re.compile(r"(lo|docker0|docker_gwbridge|br-[0-9a-f]{12}|veth[0-9a-f]+)\Z")
BRIDGE = "br-"
OURS = "-A {0} ".format(CHAIN)


@dataclasses.dataclass(frozen=True)
class Live:
    """What is seen where a policy is declared.

    ``rules``: by family the lines of iptables-save that are of our chain, or lead to it.
    ``has_engines_rules``: nobody took away what only an engine's start brings back.
    ``strangers``: bridges that are called as the engine calls its own. ``on_ipv6``: interfaces other
    than the engine's that have an IPv6 address.
    """

    rules: t.Mapping[int, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    has_engines_rules: bool = True
    is_kept: bool = True
    strangers: tuple[str, ...] = ()
    on_ipv6: tuple[str, ...] = ()


def look(outside: t.Any, has_systemd: bool) -> Live:
    """The rules as iptables-save prints them, and the interfaces of the host."""
    addresses = outside.read_bytes(ADDRESSES)
    families = [family for family in TOOLS if family == 4 or addresses is not None]
    named = [line.split()[-1] for line in _lines(addresses)]
    bridges = [line.split(":")[0].strip() for line in _lines(outside.read_bytes(INTERFACES))]
    rules_of = {family: saved(outside, TOOLS[family]) for family in families}
    return Live(
        rules_of,
        any(line.startswith(ENGINES_CHAIN) for line in rules_of[4]),
        not has_systemd or (outside.exists(ENABLED) and outside.exists(RUNNING)),
        tuple(name for name in bridges if name.startswith(BRIDGE) and _is_strange(name)),
        tuple(dict.fromkeys(name for name in named if _is_strange(name))),
    )


def saved(outside: t.Any, tool: str) -> tuple[str, ...]:
    """The rules of our chain, and what leads to it."""
    lines = outside.run([tool + "-save", "-t", "filter"]).out.splitlines()
    ours = (OURS, ENGINES_CHAIN)
    return tuple(line for line in lines if line.startswith(ours) or line in (WAY, JUMP))


def problems(live: Live, policy: Policy, runs: bool) -> list[str]:
    """What is not as the policy says, in words that name the rules; ``runs``: the engine does."""
    found = [
        phrase
        for family, lines in live.rules.items()
        for phrase in _differences(TOOLS[family], rules(policy, family), lines)
    ]
    return found or (["nothing keeps the rules in force"] if runs and not live.is_kept else [])


def _differences(tool: str, wanted: t.Sequence[str], lines: t.Sequence[str]) -> t.Iterator[str]:
    ours = [line for line in lines if line.startswith(OURS)]
    if not ours:
        yield "no rules in {0}".format(tool)
        return
    for line in (WAY, JUMP, *wanted):
        if line not in lines:
            yield "{0} rule gone: {1}".format(tool, line)
    for line in ours:
        if line not in wanted:
            yield "{0} rule by somebody else: {1}".format(tool, line)
    if sorted(ours) == sorted(wanted) and ours != list(wanted):
        yield "{0} rules out of order".format(tool)


def _is_strange(name: str) -> bool:
    return not ENGINES_OWN.match(name)


def _lines(data: bytes | None) -> list[str]:
    return (data or b"").decode("utf-8", "replace").splitlines()
