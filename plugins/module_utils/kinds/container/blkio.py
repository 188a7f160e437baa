# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A container's share of block devices: Compose's words, and the engine's six keys."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.codec import (
    read_integer,
    read_size,
    read_text,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.field import Codec

RATES = {
    "device_read_bps": "BlkioDeviceReadBps",
    "device_read_iops": "BlkioDeviceReadIOps",
    "device_write_bps": "BlkioDeviceWriteBps",
    "device_write_iops": "BlkioDeviceWriteIOps",
}
KEYS = {"weight", "weight_device", *RATES}


def read_blkio(value: t.Any) -> dict[str, t.Any]:
    """A weight, weights by device, and rates by device."""
    if not isinstance(value, dict) or set(value) - KEYS:
        raise ValueError("a mapping with {0}".format(", ".join(sorted(KEYS))))
    read: dict[str, t.Any] = {key: _by_path(value.get(key), "rate", read_size) for key in RATES}
    read["weight_device"] = _by_path(value.get("weight_device"), "weight", read_integer)
    read["weight"] = read_integer(value.get("weight") or 0)
    return {key: part for key, part in read.items() if part}


def _by_path(entries: t.Any, key: str, read: t.Callable[[t.Any], int]) -> dict[str, int]:
    if isinstance(entries, dict):
        return {read_text(path): read(value) for path, value in entries.items()}
    if not all(isinstance(entry, dict) and set(entry) == {"path", key} for entry in entries or ()):
        raise ValueError("a list of path and {0}".format(key))
    return {read_text(entry["path"]): read(entry[key]) for entry in entries or ()}


def write(value: t.Mapping[str, t.Any], host: dict[str, t.Any]) -> None:
    """Set the engine's keys."""
    if "weight" in value:
        host["BlkioWeight"] = value["weight"]
    if "weight_device" in value:
        host["BlkioWeightDevice"] = [
            {"Path": path, "Weight": weight} for path, weight in value["weight_device"].items()
        ]
    for key, name in RATES.items():
        if key in value:
            host[name] = [{"Path": path, "Rate": rate} for path, rate in value[key].items()]


def take(host: t.Mapping[str, t.Any]) -> dict[str, t.Any] | None:
    """The same out of the engine's keys."""
    found: dict[str, t.Any] = {
        key: {entry["Path"]: entry["Rate"] for entry in host.get(name) or ()}
        for key, name in RATES.items()
    }
    found["weight_device"] = {
        entry["Path"]: entry["Weight"] for entry in host.get("BlkioWeightDevice") or ()
    }
    found["weight"] = host.get("BlkioWeight") or 0
    return {key: part for key, part in found.items() if part} or None


BLKIO = Codec({"type": "dict"}, read_blkio)
