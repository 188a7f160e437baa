# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shape of a service, as tables: a row is a key and the words of what it takes."""

from __future__ import annotations

from ansible_collections.slipway.docker.plugins.module_utils.compose.words import (
    COMMAND,
    FLAG,
    HOSTS,
    NUMBER,
    ONE_OR_MANY,
    OPTIONS,
    PAIRS,
    PULL_POLICY,
    WHOLE,
    Shape,
    rows,
)

SERVICE = Shape(
    {
        **rows(
            "str",
            "cgroup_parent cpuset domainname hostname image ipc isolation mac_address "
            "network_mode platform",
            "pull_refresh_after restart runtime stop_signal user userns_mode uts working_dir",
        ),
        **rows(FLAG, "attach init oom_kill_disable privileged read_only stdin_open tty"),
        **rows(
            NUMBER,
            "cpu_shares cpu_quota cpu_period cpu_rt_period cpu_rt_runtime cpus mem_limit "
            "memswap_limit",
        ),
        **rows(NUMBER, "pids_limit shm_size"),
        **rows(WHOLE, "mem_reservation mem_swappiness scale"),
        **rows(PAIRS, "annotations environment labels sysctls"),
        **rows(
            "[str]!",
            "cap_add cap_drop device_cgroup_rules dns_opt external_links links profiles "
            "security_opt",
        ),
        **rows("[str]!", "volumes_from"),
        **rows(ONE_OR_MANY, "dns dns_search tmpfs"),
        **rows(COMMAND, "command entrypoint"),
        **rows("[str|@file_reference]", "configs secrets"),
        **rows("[@hook]", "post_start pre_stop"),
        "blkio_config": "@blkio",
        "build": "str|@build",
        "cgroup": "=host,private",
        "container_name": "/[a-zA-Z0-9][a-zA-Z0-9_.-]+/",
        "cpu_count": "str|int(0..)",
        "cpu_percent": "str|int(0..100)",
        "credential_spec": "@credential_spec",
        "depends_on": "[str]!|{@dependency}:",
        "deploy": "@deploy",
        "develop": "@develop",
        "devices": "[str|@device]",
        "env_file": "str|[str|@env_file]",
        "expose": "[str|num]!",
        "extends": "str|@extends",
        "extra_hosts": HOSTS,
        "gpus": "=all|[@gpu]",
        "group_add": "[str|num]!",
        "healthcheck": "@healthcheck",
        "label_file": "str|[str]",
        "logging": "@logging",
        "models": "[str]!|{null|@service_model}:",
        "networks": "[str]!|{null|@service_network}:",
        "oom_score_adj": "str|int(-1000..1000)",
        "pid": "str|null",
        "ports": "[num|str|@port]!",
        "pre_start": "[@pre_start]",
        "provider": "@provider",
        "pull_policy": "/{0}/".format(PULL_POLICY),
        "stop_grace_period": "span",
        "storage_opt": "{any}",
        "ulimits": "{int|str|@ulimit}",
        "use_api_socket": "bool",
        "volumes": "[str|@mount]!",
    }
)

BUILD = Shape(
    {
        **rows("str", "context dockerfile dockerfile_inline isolation network target"),
        **rows("[str]", "cache_from cache_to entitlements platforms tags"),
        **rows(PAIRS, "additional_contexts args labels ssh"),
        **rows(FLAG, "no_cache privileged provenance pull sbom"),
        "extra_hosts": HOSTS,
        "no_cache_filter": ONE_OR_MANY,
        "secrets": "[str|@file_reference]",
        "shm_size": WHOLE,
        "ulimits": "{int|str|@ulimit}",
    }
)

ROLLOUT = Shape(
    {
        "failure_action": "str",
        **rows("span", "delay monitor"),
        "max_failure_ratio": NUMBER,
        "order": "=start-first,stop-first",
        "parallelism": WHOLE,
    }
)
DEVICE_REQUEST = {
    **rows("[str]!", "capabilities device_ids"),
    "count": WHOLE,
    "driver": "str",
    "options": PAIRS,
}
HOOK = {
    "command": COMMAND,
    "environment": PAIRS,
    "privileged": FLAG,
    **rows("str", "user working_dir"),
}
SERVICE_SHAPES: dict[str, Shape] = {
    "service": SERVICE,
    "build": BUILD,
    "blkio": Shape(
        {
            **rows(
                "[@blkio_limit]",
                "device_read_bps device_read_iops device_write_bps device_write_iops",
            ),
            "weight": WHOLE,
            "weight_device": "[@blkio_weight]",
        },
        extended=False,
    ),
    "blkio_limit": Shape({"path": "str", "rate": WHOLE}, extended=False),
    "blkio_weight": Shape({"path": "str", "weight": WHOLE}, extended=False),
    "credential_spec": Shape(rows("str", "config file registry")),
    "dependency": Shape(
        {
            "condition": "=service_started,service_healthy,service_completed_successfully",
            "required": "bool",
            "restart": FLAG,
        },
        needs=("condition",),
    ),
    "deploy": Shape(
        {
            **rows("str", "endpoint_mode mode"),
            "labels": PAIRS,
            "placement": "@placement",
            "replicas": WHOLE,
            "resources": "@resources",
            "restart_policy": "@restart_policy",
            **rows("@rollout", "rollback_config update_config"),
        },
        nullable=True,
    ),
    "rollout": ROLLOUT,
    "placement": Shape(
        {"constraints": "[str]", "max_replicas_per_node": WHOLE, "preferences": "[@preference]"}
    ),
    "preference": Shape({"spread": "str"}),
    "resources": Shape({"limits": "@limits", "reservations": "@reservations"}),
    "limits": Shape({"cpus": NUMBER, "memory": "str", "pids": WHOLE}),
    "reservations": Shape(
        {
            "cpus": NUMBER,
            "devices": "[@device_request]",
            "generic_resources": "[@generic_resource]",
            "memory": "str",
        }
    ),
    "generic_resource": Shape({"discrete_resource_spec": "@discrete_resource"}),
    "discrete_resource": Shape({"kind": "str", "value": NUMBER}),
    "device_request": Shape(DEVICE_REQUEST, needs=("capabilities",)),
    "gpu": Shape(DEVICE_REQUEST),
    "restart_policy": Shape(
        {"condition": "str", **rows("span", "delay window"), "max_attempts": WHOLE}
    ),
    "develop": Shape({"watch": "[@watch]"}, nullable=True),
    "watch": Shape(
        {
            "action": "=rebuild,sync,restart,sync+restart,sync+exec",
            "exec": "@hook",
            **rows(ONE_OR_MANY, "ignore include"),
            "initial_sync": "bool",
            "path": "str",
            "target": "str",
        },
        needs=("path", "action"),
    ),
    "hook": Shape(HOOK, needs=("command",)),
    "pre_start": Shape({**HOOK, "image": "str", "per_replica": FLAG}),
    "device": Shape(rows("str", "permissions source target"), needs=("source",)),
    "env_file": Shape(
        {"format": "str", "path": "str", "required": FLAG}, needs=("path",), extended=False
    ),
    "extends": Shape(rows("str", "file service"), needs=("service",), extended=False),
    "file_reference": Shape({**rows("str", "gid source target uid"), "mode": NUMBER}),
    "healthcheck": Shape(
        {
            "disable": FLAG,
            **rows("span", "interval start_interval start_period timeout"),
            "retries": NUMBER,
            "test": "str|[str]",
        }
    ),
    "logging": Shape({"driver": "str", "options": "{str|num|null}"}),
    "service_model": Shape(rows("str", "endpoint_var model_var")),
    "service_network": Shape(
        {
            **rows("[str]!", "aliases link_local_ips"),
            "driver_opts": OPTIONS,
            **rows("num", "gw_priority priority"),
            **rows("str", "interface_name ipv4_address ipv6_address mac_address"),
        }
    ),
    "port": Shape(
        {
            **rows("str", "app_protocol host_ip mode name protocol"),
            **rows(WHOLE, "published target"),
        }
    ),
    "provider": Shape({"options": "{str|num|bool|[str|num|bool]}", "type": "str"}, needs=("type",)),
    "ulimit": Shape(rows(WHOLE, "hard soft"), needs=("soft", "hard")),
    "mount": Shape(
        {
            "bind": "@mount_bind",
            "image": "@mount_image",
            "read_only": FLAG,
            **rows("str", "consistency source target"),
            "tmpfs": "@mount_tmpfs",
            "type": "=bind,volume,tmpfs,cluster,npipe,image",
            "volume": "@mount_volume",
        },
        needs=("type",),
    ),
    "mount_bind": Shape(
        {
            "create_host_path": FLAG,
            "propagation": "str",
            "recursive": "=enabled,disabled,writable,readonly",
            "selinux": "=z,Z",
        }
    ),
    "mount_image": Shape({"subpath": "str"}),
    "mount_tmpfs": Shape({"mode": NUMBER, "size": "int(0..)|str"}),
    "mount_volume": Shape({"labels": PAIRS, "nocopy": FLAG, "subpath": "str"}),
}
