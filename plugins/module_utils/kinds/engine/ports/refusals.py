# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a policy can't hold on, told before anything is touched."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.ports.live import Live

WHERE = "engine docker.published_ports"


def refuse(live: Live, config: t.Mapping[str, t.Any]) -> None:
    """Refuse where the policy would be passed by; ``config`` is daemon.json as it shall be."""
    for found, hint in _obstacles(live, config):
        raise InputError(WHERE, found, hint)


def _obstacles(live: Live, config: t.Mapping[str, t.Any]) -> t.Iterator[tuple[str, str]]:
    if config.get("iptables") is False:
        found = "this engine leaves iptables alone (config.iptables is false), so no rule of it leads here"
        yield found, "take iptables out of config, or leave published_ports out"
    if config.get("firewall-backend") == "nftables":
        found = "with firewall-backend nftables the engine has no chain DOCKER-USER"
        yield found, "set config: {firewall-backend: iptables}"
    if live.on_ipv6 and config.get("userland-proxy") is not False:
        found = (
            "{0} has IPv6, on which the engine's userland proxy takes connections past every policy"
        )
        yield found.format(live.on_ipv6[0]), "take userland-proxy out of config"
    if live.strangers:
        found = "{0} is called as the engine calls its bridges, and can't be told from them"
        yield found.format(live.strangers[0]), "rename it, or leave published_ports out"
