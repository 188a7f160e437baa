# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A network's address management: Compose's words, the engine's, and when the two agree."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.codec import (
    read_mapping,
    read_text,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.field import Codec

KEYS = {
    "subnet": "Subnet",
    "ip_range": "IPRange",
    "gateway": "Gateway",
    "aux_addresses": "AuxiliaryAddresses",
}
ACCEPTED = (
    "a mapping with driver, options, and config: a list of subnet, ip_range, gateway, aux_addresses"
)


def read_ipam(value: t.Any) -> dict[str, t.Any]:
    """Compose's `ipam`, its parts checked and what is empty left out."""
    if not isinstance(value, dict) or set(value) - {"driver", "config", "options"}:
        raise ValueError(ACCEPTED)
    ipam = {
        "driver": value.get("driver") if value.get("driver") != "default" else None,
        "config": [_read_pool(pool) for pool in value.get("config") or ()],
        "options": read_mapping(value.get("options") or {}),
    }
    return {key: part for key, part in ipam.items() if part}


def _read_pool(pool: t.Any) -> dict[str, t.Any]:
    if not isinstance(pool, dict) or set(pool) - set(KEYS):
        raise ValueError(ACCEPTED)
    return {
        key: read_mapping(value) if key == "aux_addresses" else read_text(value)
        for key, value in pool.items()
        if value
    }


def to_engine(ipam: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """The engine's `IPAM`."""
    pools = [{KEYS[key]: value for key, value in pool.items()} for pool in ipam.get("config", ())]
    return {
        "Driver": ipam.get("driver", "default"),
        "Options": ipam.get("options", {}),
        "Config": pools,
    }


def from_engine(found: t.Any) -> dict[str, t.Any] | None:
    """Compose's `ipam` out of the engine's."""
    if not found:
        return None
    pools = [
        {key: pool[name] for key, name in KEYS.items() if pool.get(name)}
        for pool in found.get("Config") or ()
    ]
    return read_ipam(
        {"driver": found.get("Driver"), "config": pools, "options": found.get("Options")}
    )


def agree(expected: t.Any, found: t.Any) -> bool:
    """All that is expected is there; what nobody asked for (a gateway, a driver's name) the engine chose."""
    expected, found = expected or {}, found or {}
    if not expected:
        return not found
    pools = found.get("config", ())
    return (
        expected.get("driver") == found.get("driver")
        and expected.get("options", {}) == found.get("options", {})
        and all(
            any(wanted.items() <= pool.items() for pool in pools)
            for wanted in expected.get("config", ())
        )
    )


IPAM = Codec({"type": "dict"}, read_ipam, to_engine, from_engine)
