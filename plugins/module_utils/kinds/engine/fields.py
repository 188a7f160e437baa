# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of the keys of daemon.json: type, and what a change of each costs."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.codec import (
    read_boolean,
    read_integer,
    read_list,
    read_mapping,
    read_text,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.field import (
    Codec,
    Effect,
    Field,
    write_only,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import (
    parts,
    versions,
)


def read_any_mapping(value: t.Any) -> dict[str, t.Any]:
    """A mapping whose values are the engine's own business."""
    if not isinstance(value, dict):
        raise ValueError("a mapping")
    return value


def read_switches(value: t.Any) -> dict[str, bool]:
    """Names to true or false."""
    return {str(name): read_boolean(switch) for name, switch in read_any_mapping(value).items()}


def read_mappings(value: t.Any) -> list[dict[str, t.Any]]:
    """A list of mappings."""
    if not isinstance(value, list):
        raise ValueError("a list of mappings")
    return [read_any_mapping(member) for member in value]


def _codec(read: t.Callable[[t.Any], t.Any], show: t.Callable[[t.Any], str] = repr) -> Codec:
    return Codec({"type": "raw"}, read, show=show)


FLAG, WHOLE = _codec(read_boolean, read_text), _codec(read_integer)
TEXT, TEXTS = _codec(read_text), _codec(read_list)
TEXT_MAP, SWITCHES = _codec(read_mapping), _codec(read_switches)
ANY_MAP, MAPS = _codec(read_any_mapping), _codec(read_mappings)

# What the engine takes up when it is told to reload (SIGHUP).
RELOADED: dict[str, Codec] = {
    "allow-nondistributable-artifacts": TEXTS,
    "authorization-plugins": TEXTS,
    "debug": FLAG,
    "default-runtime": TEXT,
    "features": SWITCHES,
    "insecure-registries": TEXTS,
    "labels": TEXTS,
    "live-restore": FLAG,
    "max-concurrent-downloads": WHOLE,
    "max-concurrent-uploads": WHOLE,
    "max-download-attempts": WHOLE,
    "network-diagnostic-port": WHOLE,
    "registry-mirrors": TEXTS,
    "runtimes": ANY_MAP,
    "shutdown-timeout": WHOLE,
}
# The engine reloads what a file says, and for these alone also what it no longer says.
RESET_BY_RELOAD = frozenset(
    {
        "features",
        "max-concurrent-downloads",
        "max-concurrent-uploads",
        "max-download-attempts",
        "network-diagnostic-port",
    }
)
RESTARTED: dict[str, Codec] = {
    "allow-direct-routing": FLAG,
    "api-cors-header": TEXT,
    "bip": TEXT,
    "bip6": TEXT,
    "bridge": TEXT,
    "bridge-accept-fwmark": TEXT,
    "builder": ANY_MAP,
    "cdi-spec-dirs": TEXTS,
    "cgroup-parent": TEXT,
    "containerd": TEXT,
    "containerd-namespace": TEXT,
    "containerd-plugins-namespace": TEXT,
    "cpu-rt-period": WHOLE,
    "cpu-rt-runtime": WHOLE,
    "data-root": TEXT,
    "default-address-pools": MAPS,
    "default-cgroupns-mode": TEXT,
    "default-gateway": TEXT,
    "default-gateway-v6": TEXT,
    "default-ipc-mode": TEXT,
    "default-network-opts": ANY_MAP,
    "default-shm-size": TEXT,
    "default-ulimits": ANY_MAP,
    "dns": TEXTS,
    "dns-opts": TEXTS,
    "dns-search": TEXTS,
    "exec-opts": TEXTS,
    "exec-root": TEXT,
    "experimental": FLAG,
    "firewall-backend": TEXT,
    "fixed-cidr": TEXT,
    "fixed-cidr-v6": TEXT,
    "group": TEXT,
    "host-gateway-ip": TEXT,
    "host-gateway-ips": TEXTS,
    "hosts": TEXTS,
    "icc": FLAG,
    "init": FLAG,
    "init-path": TEXT,
    "ip": TEXT,
    "ip-forward": FLAG,
    "ip-forward-no-drop": FLAG,
    "ip-masq": FLAG,
    "ip6tables": FLAG,
    "iptables": FLAG,
    "ipv6": FLAG,
    "log-driver": TEXT,
    "log-format": TEXT,
    "log-level": TEXT,
    "log-opts": TEXT_MAP,
    "metrics-addr": TEXT,
    "min-api-version": TEXT,
    "mtu": WHOLE,
    "network-control-plane-mtu": WHOLE,
    "no-new-privileges": FLAG,
    "node-generic-resources": TEXTS,
    "oom-score-adjust": WHOLE,
    "pidfile": TEXT,
    "proxies": ANY_MAP,
    "raw-logs": FLAG,
    "seccomp-profile": TEXT,
    "selinux-enabled": FLAG,
    "storage-driver": TEXT,
    "storage-opts": TEXTS,
    "swarm-default-advertise-addr": TEXT,
    "tls": FLAG,
    "tlscacert": TEXT,
    "tlscert": TEXT,
    "tlskey": TEXT,
    "tlsverify": FLAG,
    "userland-proxy": FLAG,
    "userland-proxy-path": TEXT,
    "userns-remap": TEXT,
}
# An engine that has run finds none of its containers and images again when one of these changes.
SETTLED_BY_FIRST_START = frozenset({"data-root", "storage-driver", "userns-remap"})
# The way to the engine that its service and this collection count on.
NOT_YET = frozenset(
    {"containerd", "hosts", "pidfile", "tls", "tlscacert", "tlscert", "tlskey", "tlsverify"}
)


def _rows(keys: t.Mapping[str, Codec], effect: Effect) -> list[Field]:
    return [Field(name, codec, (name,), effect=effect) for name, codec in keys.items()]


# Where the engine comes from is settled by its packages, not by a file.
SOURCE = Field("source", TEXT, match=write_only)
VERSION = Field("version", _codec(versions.read), match=versions.matches, effect=Effect.RESTART)
KEYS = (*_rows(RELOADED, Effect.RELOAD), *_rows(RESTARTED, Effect.RESTART))
FIELDS = (SOURCE, VERSION, *parts.FIELDS, *KEYS)
NAMES = frozenset((*RELOADED, *RESTARTED))
