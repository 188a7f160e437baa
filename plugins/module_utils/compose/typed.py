# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every field in its one type; a row is a codec and the keys that it reads."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.compose.codecs import (
    Codec,
    count,
    flag,
    health_test,
    hosts,
    many,
    mapping,
    mode,
    number,
    size,
    span,
    text,
    texts,
    variables,
    whole,
    words,
)
from ansible_collections.slipway.docker.plugins.module_utils.compose.tree import (
    Path,
    Where,
    rewrite,
    table,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import ComposeError

HOOKS = ("post_start.*.", "pre_start.*.", "pre_stop.*.", "develop.watch.*.exec.")
ROLLOUTS = ("deploy.update_config.", "deploy.rollback_config.")
RATES = ("device_read_bps", "device_read_iops", "device_write_bps", "device_write_iops")
DEVICES = ("gpus.*.", "deploy.resources.reservations.devices.*.")


def _each(prefixes: t.Iterable[str], *keys: str) -> list[str]:
    return [prefix + key for prefix in prefixes for key in keys]


SERVICE_ROWS: dict[Codec, list[str]] = {
    variables: ["environment", "build.args", *_each(HOOKS, "environment")],
    mapping: [
        "annotations",
        "build.additional_contexts",
        "build.labels",
        "deploy.labels",
        "labels",
        "logging.options",
        "networks.*.driver_opts",
        "storage_opt",
        "sysctls",
        "volumes.*.volume.labels",
        *_each(DEVICES, "options"),
    ],
    hosts: ["extra_hosts", "build.extra_hosts"],
    words: ["command", "entrypoint", *_each(HOOKS, "command")],
    health_test: ["healthcheck.test"],
    texts: [
        "build.cache_from",
        "build.cache_to",
        "build.entitlements",
        "build.no_cache_filter",
        "build.platforms",
        "build.tags",
        "develop.watch.*.ignore",
        "develop.watch.*.include",
        "dns",
        "dns_search",
        "expose",
        "group_add",
        "tmpfs",
        *_each(DEVICES, "capabilities", "device_ids"),
    ],
    text: [
        "build.provenance",
        "build.sbom",
        "image",
        "hostname",
        "ports.*.published",
        *_each(("configs.*.", "secrets.*.", "build.secrets.*."), "uid", "gid"),
    ],
    span: [
        "stop_grace_period",
        *_each(("healthcheck.",), "interval", "timeout", "start_period", "start_interval"),
        *_each(ROLLOUTS, "delay", "monitor"),
        *_each(("deploy.restart_policy.",), "delay", "window"),
    ],
    size: [
        "mem_limit",
        "mem_reservation",
        "memswap_limit",
        "mem_swappiness",
        "shm_size",
        "build.shm_size",
        "volumes.*.tmpfs.size",
        "deploy.resources.limits.memory",
        "deploy.resources.reservations.memory",
        *_each(("blkio_config." + rate + ".*." for rate in RATES), "rate"),
    ],
    mode: ["configs.*.mode", "secrets.*.mode", "build.secrets.*.mode", "volumes.*.tmpfs.mode"],
    count: _each(DEVICES, "count"),
    many: ["provider.options"],
    number: [
        "cpus",
        "cpu_percent",
        "deploy.resources.limits.cpus",
        "deploy.resources.reservations.cpus",
        *_each(ROLLOUTS, "max_failure_ratio"),
    ],
    whole: [
        "cpu_count",
        "cpu_period",
        "cpu_quota",
        "cpu_rt_period",
        "cpu_rt_runtime",
        "cpu_shares",
        "healthcheck.retries",
        "oom_score_adj",
        "pids_limit",
        "scale",
        "ports.*.target",
        "deploy.replicas",
        "deploy.resources.limits.pids",
        "deploy.restart_policy.max_attempts",
        "deploy.placement.max_replicas_per_node",
        "blkio_config.weight",
        "blkio_config.weight_device.*.weight",
        "networks.*.priority",
        "networks.*.gw_priority",
        "deploy.resources.reservations.generic_resources.*.discrete_resource_spec.value",
        *_each(ROLLOUTS, "parallelism"),
        *_each(("ulimits.*.", "build.ulimits.*."), "soft", "hard"),
    ],
    flag: [
        "attach",
        "init",
        "oom_kill_disable",
        "privileged",
        "read_only",
        "stdin_open",
        "tty",
        "use_api_socket",
        "build.no_cache",
        "build.privileged",
        "build.pull",
        "healthcheck.disable",
        "develop.watch.*.initial_sync",
        "env_file.*.required",
        *_each(("depends_on.*.",), "required", "restart"),
        *_each(("volumes.*.",), "read_only", "bind.create_host_path", "volume.nocopy"),
        *_each(HOOKS, "privileged", "per_replica"),
    ],
}
RESOURCE_ROWS: dict[Codec, list[str]] = {
    mapping: [
        *_each(("networks.*.", "volumes.*.", "secrets.*.", "configs.*."), "labels", "driver_opts"),
        "networks.*.ipam.options",
        "networks.*.ipam.config.*.aux_addresses",
    ],
    flag: [
        *_each(("networks.*.", "volumes.*.", "secrets.*.", "configs.*."), "external"),
        *_each(("networks.*.",), "internal", "attachable", "enable_ipv4", "enable_ipv6"),
    ],
    whole: ["models.*.context_size"],
    texts: ["models.*.runtime_flags"],
}


def _limit(value: t.Any) -> t.Any:
    return value if isinstance(value, dict) else whole(value)


ROWS = table(
    {
        **{"services.*." + path: codec for codec, paths in SERVICE_ROWS.items() for path in paths},
        **{path: codec for codec, paths in RESOURCE_ROWS.items() for path in paths},
        "services.*.ulimits.*": _limit,
        "services.*.build.ulimits.*": _limit,
    }
)


def typed(model: dict[str, t.Any], where: Where) -> dict[str, t.Any]:
    """A copy of the canonical model with every field in its type; raises ComposeError otherwise."""

    def read(codec: Codec, value: t.Any, path: Path) -> t.Any:
        try:
            return value if value is None else codec(value)
        except ValueError as error:
            raise ComposeError(
                where(path), "found {0!r}; accepted: {1}".format(value, error)
            ) from None

    found: dict[str, t.Any] = rewrite(model, ROWS, read)
    return found
