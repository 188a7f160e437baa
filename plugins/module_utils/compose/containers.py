# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The containers of a service."""

from __future__ import annotations

import hashlib
import json
import posixpath
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.compose.carried import (
    Carrier,
    content_of,
)
from ansible_collections.slipway.docker.plugins.module_utils.compose.images import image_name
from ansible_collections.slipway.docker.plugins.module_utils.compose.refusals import (
    refuse,
)
from ansible_collections.slipway.docker.plugins.module_utils.compose.updates import (
    fate,
    update_options,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import ComposeError
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Resource, identity

# What is carried over as it stands: the rows of the container kind read it.
AS_IT_STANDS = [
    "annotations",
    "blkio_config",
    "cap_add",
    "cap_drop",
    "cgroup",
    "cgroup_parent",
    "command",
    "cpu_count",
    "cpu_percent",
    "cpu_period",
    "cpu_quota",
    "cpu_rt_period",
    "cpu_rt_runtime",
    "cpu_shares",
    "cpus",
    "cpuset",
    "device_cgroup_rules",
    "devices",
    "dns",
    "dns_opt",
    "dns_search",
    "domainname",
    "entrypoint",
    "environment",
    "expose",
    "extra_hosts",
    "group_add",
    "healthcheck",
    "hostname",
    "init",
    "ipc",
    "isolation",
    "labels",
    "logging",
    "mac_address",
    "mem_limit",
    "mem_reservation",
    "mem_swappiness",
    "memswap_limit",
    "network_mode",
    "oom_kill_disable",
    "oom_score_adj",
    "pid",
    "pids_limit",
    "platform",
    "ports",
    "privileged",
    "read_only",
    "restart",
    "runtime",
    "security_opt",
    "shm_size",
    "stdin_open",
    "stop_grace_period",
    "stop_signal",
    "storage_opt",
    "sysctls",
    "tmpfs",
    "tty",
    "ulimits",
    "user",
    "userns_mode",
    "uts",
    "working_dir",
]
RESTART = {"none": "no", "any": "always", "on-failure": "on-failure"}
NAMESPACES = ("network_mode", "ipc", "pid")


def container_names(project: t.Any, service: str) -> list[str]:
    """The names of a service's containers, one a replica."""
    declared = project.services[service]
    count = replicas(declared)
    if declared.get("container_name"):
        return [declared["container_name"]][:count]
    return ["{0}-{1}-{2}".format(project.name, service, number) for number in range(1, count + 1)]


def replicas(declared: t.Mapping[str, t.Any]) -> int:
    """How many containers a service has."""
    scale = declared.get("scale")
    if scale is None:
        scale = (declared.get("deploy") or {}).get("replicas")
    return 1 if scale is None else int(scale)


def containers(project: t.Any, service: str, manner: t.Any, carrier: Carrier) -> list[Resource]:
    """The containers of a service as resources."""
    declared = project.services[service]
    refuse(project, service)
    mounts, trees = _mounts(project, service, carrier)
    fields = {name: declared[name] for name in AS_IT_STANDS if declared.get(name) is not None}
    fields.update(_limits(declared), image=image_name(project, service))
    fields.update(
        {name: _namespace(project, service, fields[name]) for name in NAMESPACES if name in fields}
    )
    if mounts:
        fields["volumes"] = mounts
    networks = _networks(project, service)
    if networks:
        fields["networks"] = networks
    links = _links(project, declared)
    if links:
        fields["links"] = links
    needs = (
        identity("image", fields["image"]),
        *(identity("network", name) for name in networks),
        *(
            identity("volume", mount["source"])
            for mount in mounts
            if mount["type"] == "volume" and mount.get("source")
        ),
        *trees,
    )
    state = {"present": "started", "stopped": "stopped"}[manner.state]
    together = fate(project, service)
    return [
        Resource(
            "container",
            name,
            state,
            fields,
            _options(project, service, number, manner),
            needs,
            together,
        )
        for number, name in enumerate(container_names(project, service), 1)
    ]


def _options(project: t.Any, service: str, number: int, manner: t.Any) -> dict[str, t.Any]:
    depends = project.services[service].get("depends_on") or {}
    return {
        "own_labels": _labels(project, service, number, depends),
        "depends_on": {
            name: dict(how)
            for other, how in depends.items()
            if other in project.services
            for name in container_names(project, other)
        },
        "wait": manner.wait,
        "wait_timeout": manner.wait_timeout,
        **update_options(project, service, container_names(project, service)),
    }


def _labels(
    project: t.Any, service: str, number: int, depends: t.Mapping[str, t.Any]
) -> dict[str, str]:
    waits = (
        "{0}:{1}:{2}".format(name, how.get("condition"), str(bool(how.get("restart"))).lower())
        for name, how in depends.items()
    )
    labels = {
        "service": service,
        "container-number": str(number),
        "oneoff": "False",
        "depends_on": ",".join(waits),
        # Without it the real client takes a container for somebody else's.
        "config-hash": _digest(project.services[service]),
        "project.working_dir": project.working_dir,
        "project.config_files": ",".join(project.files[:1]),
    }
    return {"com.docker.compose." + name: text for name, text in labels.items()}


def _digest(declared: t.Mapping[str, t.Any]) -> str:
    text = json.dumps(declared, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _networks(project: t.Any, service: str) -> dict[str, t.Any]:
    declared = project.services[service]
    if declared.get("network_mode"):
        return {}
    networks = {}
    for key, how in (declared.get("networks") or {}).items():
        aliases = [service, *((how or {}).get("aliases") or ())]
        networks[project.networks[key]["name"]] = {
            **(how or {}),
            "aliases": list(dict.fromkeys(aliases)),
        }
    return networks


def _namespace(project: t.Any, service: str, value: str) -> str:
    kind, _colon, other = value.partition(":")
    if kind != "service":
        return value
    names = container_names(project, other)
    if not names:
        raise ComposeError(
            project.where(("services", service)),
            "service {0} has no container to share with".format(other),
        )
    return "container:{0}".format(names[0])


def _links(project: t.Any, declared: t.Mapping[str, t.Any]) -> list[str]:
    links = []
    for link in declared.get("links") or ():
        service, _colon, alias = link.partition(":")
        links += [
            "{0}:{1}".format(name, alias or service) for name in container_names(project, service)
        ]
    return links


def _limits(declared: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    deploy = declared.get("deploy") or {}
    resources = deploy.get("resources") or {}
    limits, reservations = resources.get("limits") or {}, resources.get("reservations") or {}
    policy = deploy.get("restart_policy") or {}
    limited = {
        "cpus": limits.get("cpus"),
        "mem_limit": limits.get("memory"),
        "pids_limit": limits.get("pids"),
        "mem_reservation": reservations.get("memory"),
        "restart": _restart(policy) if policy and not declared.get("restart") else None,
    }
    return {name: value for name, value in limited.items() if value is not None}


def _restart(policy: t.Mapping[str, t.Any]) -> str:
    word = RESTART[policy.get("condition") or "any"]
    attempts = policy.get("max_attempts")
    return "{0}:{1}".format(word, attempts) if word == "on-failure" and attempts else word


def _mounts(
    project: t.Any, service: str, carrier: Carrier
) -> tuple[list[dict[str, t.Any]], tuple[str, ...]]:
    declared = project.services[service]
    mounts: list[dict[str, t.Any]] = []
    needed: list[str] = []
    for mount in declared.get("volumes") or ():
        mount = dict(mount)
        if mount["type"] == "bind":
            mount["source"], trees = carrier.bind(mount["source"])
            needed += trees
        elif mount["type"] == "volume" and mount.get("source"):
            mount["source"] = project.volumes[mount["source"]]["name"]
        elif mount["type"] == "volume":
            # The engine counts a relative path of an anonymous volume from the container's root.
            mount["target"] = posixpath.normpath(posixpath.join("/", mount["target"]))
        mounts.append(mount)
    for kind, home in (("configs", "/"), ("secrets", "/run/secrets/")):
        for use in declared.get(kind) or ():
            where = project.where((kind, use["source"]))
            source, trees = content_of(
                project, carrier, where, getattr(project, kind)[use["source"]], use
            )
            target = use.get("target") or use["source"]
            target = target if target.startswith("/") else home + target
            mounts.append({"type": "bind", "source": source, "target": target, "read_only": True})
            needed += trees
    return mounts, tuple(needed)
