# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a project as a whole implies: default network, dependencies, names, inherited variables."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.compose.mounts import clean
from ansible_collections.slipway.docker.plugins.module_utils.compose.tree import section

Model = t.Dict[str, t.Any]
NAMESPACES = ("network_mode", "ipc", "pid", "uts", "cgroup")
NAMED = ("networks", "volumes", "configs", "secrets")


def normalize(model: Model, environment: t.Mapping[str, str]) -> Model:
    """A copy of the canonical model with everything explicit; its `name` is the project's."""
    services = {
        name: _service(service, environment) for name, service in section(model, "services").items()
    }
    found = {
        **model,
        **({"services": services} if "services" in model else {}),
        **_networks(model, services),
    }
    return {**found, **{part: _names(found, part) for part in NAMED if part in found}}


def _service(service: Model, environment: t.Mapping[str, str]) -> Model:
    found = {**service, **_attached(service)}
    if found.get("pull_policy") == "if_not_present":
        found["pull_policy"] = "missing"
    if isinstance(found.get("build"), dict):
        found["build"] = _build(found["build"], environment)
    if "environment" in found:
        found["environment"] = inherit(found["environment"], environment, keep=True)
    if isinstance(found.get("volumes"), list):
        found["volumes"] = [_cleaned(mount) for mount in found["volumes"]]
    if isinstance(found.get("pre_start"), list) and "image" in found:
        found["pre_start"] = [{"image": found["image"], **hook} for hook in found["pre_start"]]
    dependencies = {**_implied(found), **(found.get("depends_on") or {})}
    return {**found, "depends_on": dependencies} if dependencies else found


def _attached(service: Model) -> Model:
    if "provider" in service or "network_mode" in service or service.get("networks"):
        return {}
    return {"networks": {"default": None}}


def _build(build: Model, environment: t.Mapping[str, str]) -> Model:
    found = {"context": ".", **build}
    if found.get("dockerfile") is None and found.get("dockerfile_inline") is None:
        found["dockerfile"] = "Dockerfile"
    if "args" in found:
        found["args"] = inherit(found["args"], environment, keep=False)
    return found


def inherit(values: t.Any, environment: t.Mapping[str, str], keep: bool) -> t.Any:
    """Names without a value take the environment's; `keep`: those that it doesn't have stay."""
    if isinstance(values, dict):
        found = {
            name: environment.get(name) if value is None else value
            for name, value in values.items()
        }
        return {name: value for name, value in found.items() if value is not None or keep}
    if not isinstance(values, list):
        return values
    return [
        _inherited(str(one), environment)
        for one in values
        if keep or "=" in str(one) or one in environment
    ]


def _inherited(pair: str, environment: t.Mapping[str, str]) -> str:
    return (
        "{0}={1}".format(pair, environment[pair])
        if "=" not in pair and pair in environment
        else pair
    )


def _cleaned(mount: t.Any) -> t.Any:
    if not isinstance(mount, dict) or not mount.get("target"):
        return mount
    return {**mount, "target": clean(mount["target"])}


def _implied(service: Model) -> Model:
    links = [
        link.split(":")[0] if link.count(":") == 1 else link for link in service.get("links") or ()
    ]
    shared = [
        str(service.get(key))[len("service:") :]
        for key in NAMESPACES
        if str(service.get(key)).startswith("service:")
    ]
    sources = [
        source.split(":")[0]
        for source in service.get("volumes_from") or ()
        if not source.startswith("container:")
    ]
    found = {name: _started(False) for name in sources}
    return {**found, **{name: _started(True) for name in links + shared}}


def _started(restart: bool) -> Model:
    return {"condition": "service_started", "restart": restart, "required": True}


def _networks(model: Model, services: Model) -> Model:
    networks = dict(section(model, "networks"))
    used = any(
        "default" in (service.get("networks") or ()) and "network_mode" not in service
        for service in services.values()
    )
    if used:
        networks.setdefault("default", None)
    return {"networks": networks} if networks else {}


def _names(model: Model, part: str) -> Model:
    return {
        key: _name(model.get("name"), key, value or {})
        for key, value in section(model, part).items()
    }


def _name(project: t.Any, key: str, resource: Model) -> Model:
    if resource.get("name") is not None:
        return resource
    external = str(resource.get("external")).lower() in ("true", "1", "t")
    return {**resource, "name": key if external else "{0}_{1}".format(project, key)}
