# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rows of what a container may use: processors, memory, processes, devices' bandwidth."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.codec import (
    BOOLEAN,
    INTEGER,
    MAPPING,
    SIZE_BYTES,
    TEXT,
    read_duration,
    read_integer,
    read_number,
    read_size,
    read_text,
    show_size,
    unless,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.field import Codec, Effect, Field
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.blkio import BLKIO
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.matching import (
    unset_is_nothing,
)

MICROSECOND = 10**3
DEFAULT_SHM = 64 << 20


def read_microseconds(value: t.Any) -> int:
    """Microseconds: a number, or a duration like `400ms`."""
    try:
        return read_integer(value)
    except ValueError:
        return read_duration(value) // MICROSECOND


def read_swap(value: t.Any) -> int:
    """Bytes of memory and swap together; -1 is no limit."""
    return -1 if str(value) == "-1" else read_size(value)


def read_ulimits(value: t.Any) -> dict[str, dict[str, int]]:
    """Names to their soft and hard limits."""
    if isinstance(value, (list, tuple)):
        value = dict(_listed(read_text(member)) for member in value)
    if not isinstance(value, dict):
        raise ValueError("a mapping like nofile: {soft: 1024, hard: 2048}")
    return {read_text(name): _read_ulimit(limit) for name, limit in value.items()}


def _listed(text: str) -> tuple[str, dict[str, str]]:
    name, sign, limits = text.partition("=") if "=" in text else text.partition(":")
    soft, _colon, hard = limits.partition(":")
    if not (name and sign):
        raise ValueError("name:soft:hard, like nofile:1024:2048")
    return name, {"soft": soft, "hard": hard or soft}


def _read_ulimit(limit: t.Any) -> dict[str, int]:
    both = limit if isinstance(limit, dict) else {"soft": limit, "hard": limit}
    if not both or set(both) - {"soft", "hard"}:
        raise ValueError("a number, or soft and hard")
    soft = both.get("soft", both.get("hard"))
    return {"soft": read_integer(soft), "hard": read_integer(both.get("hard", soft))}


def ulimits_to_engine(value: t.Mapping[str, t.Mapping[str, int]]) -> list[dict[str, t.Any]]:
    """The engine's list of limits."""
    return [
        {"Name": name, "Soft": limit["soft"], "Hard": limit["hard"]}
        for name, limit in value.items()
    ]


def ulimits_from_engine(value: t.Any) -> dict[str, dict[str, int]] | None:
    """The limits by name."""
    return {
        limit["Name"]: {"soft": limit["Soft"], "hard": limit["Hard"]} for limit in value or ()
    } or None


def not_here(option: str) -> Codec:
    """A key of Compose that no engine on Linux can honour."""

    def read(value: t.Any) -> t.Any:
        raise ValueError("nothing: it is for containers on Windows")

    return Codec({"type": option}, read)


MICROSECONDS = Codec({"type": "raw"}, read_microseconds, from_engine=unless(0))
CPUS = Codec(
    {"type": "float"},
    read_number,
    lambda value: int(round(value * 1e9)),
    lambda value: value / 1e9 if value else None,
)
SWAP = Codec({"type": "raw"}, read_swap, from_engine=unless(0), show=show_size)
LIMIT = Codec(
    {"type": "int"},
    lambda value: max(read_integer(value), 0) or -1,
    from_engine=lambda value: value if value and value > 0 else -1,
)
SWAPPINESS = Codec({"type": "int"}, read_integer, from_engine=unless(-1))
ULIMITS = Codec({"type": "raw"}, read_ulimits, ulimits_to_engine, ulimits_from_engine)
HOST = "HostConfig"

RESOURCES = (
    Field("cpus", CPUS, (HOST, "NanoCpus"), effect=Effect.UPDATE, match=unset_is_nothing),
    Field("cpu_shares", INTEGER, (HOST, "CpuShares"), effect=Effect.UPDATE, match=unset_is_nothing),
    Field(
        "cpu_period",
        MICROSECONDS,
        (HOST, "CpuPeriod"),
        effect=Effect.UPDATE,
        match=unset_is_nothing,
    ),
    Field(
        "cpu_quota", MICROSECONDS, (HOST, "CpuQuota"), effect=Effect.UPDATE, match=unset_is_nothing
    ),
    Field("cpu_rt_period", MICROSECONDS, (HOST, "CpuRealtimePeriod"), match=unset_is_nothing),
    Field("cpu_rt_runtime", MICROSECONDS, (HOST, "CpuRealtimeRuntime"), match=unset_is_nothing),
    Field("cpu_count", not_here("int")),
    Field("cpu_percent", not_here("float")),
    Field("cpuset", TEXT, (HOST, "CpusetCpus"), effect=Effect.UPDATE, aliases=("cpuset_cpus",)),
    Field(
        "mem_limit",
        SIZE_BYTES,
        (HOST, "Memory"),
        effect=Effect.UPDATE,
        match=unset_is_nothing,
        aliases=("memory",),
    ),
    Field(
        "memswap_limit",
        SWAP,
        (HOST, "MemorySwap"),
        effect=Effect.UPDATE,
        match=unset_is_nothing,
        merge=lambda default, wanted: wanted or default,
        aliases=("memory_swap",),
    ),
    Field(
        "mem_reservation",
        SIZE_BYTES,
        (HOST, "MemoryReservation"),
        effect=Effect.UPDATE,
        match=unset_is_nothing,
        aliases=("memory_reservation",),
    ),
    Field("mem_swappiness", SWAPPINESS, (HOST, "MemorySwappiness"), aliases=("memory_swappiness",)),
    Field(
        "oom_kill_disable",
        BOOLEAN,
        (HOST, "OomKillDisable"),
        match=unset_is_nothing,
        aliases=("oom_killer",),
    ),
    Field("oom_score_adj", INTEGER, (HOST, "OomScoreAdj"), match=unset_is_nothing),
    Field("pids_limit", LIMIT, (HOST, "PidsLimit"), effect=Effect.UPDATE, default=-1),
    Field("blkio_config", BLKIO),
    Field("ulimits", ULIMITS, (HOST, "Ulimits")),
    Field("shm_size", SIZE_BYTES, (HOST, "ShmSize"), default=DEFAULT_SHM),
    Field("storage_opt", MAPPING, (HOST, "StorageOpt"), aliases=("storage_opts",)),
    Field("cgroup", TEXT, (HOST, "CgroupnsMode"), since="1.41", aliases=("cgroupns_mode",)),
    Field("cgroup_parent", TEXT, (HOST, "CgroupParent")),
)
