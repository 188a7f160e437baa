# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calls' bodies, complete at plan time."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.fields import (
    endpoints,
    to_engine,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.mount_bodies import (
    names,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.mounts import (
    ANONYMOUS,
    is_anonymous,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.names import (
    ASKED,
    asked,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.networks import first
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.situation import (
    Situation,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.labels import creation_labels


def creation(situation: Situation, name: str) -> dict[str, t.Any]:
    """What creates the container under a name: the call's parameters and its body."""
    values = {**_with_networks(situation), "volumes": mounts(situation)}
    made = to_engine(values)
    told = asked(situation.fields)
    labels = {**creation_labels(situation.request), **({ASKED: told} if told else {})}
    config = {**made.pop("Config"), "Labels": labels}
    if situation.fields.get("command") == [] and "entrypoint" not in situation.fields:
        # An engine takes an empty command for none at all, unless it is told the entrypoint too.
        config["Entrypoint"] = _image_config(situation).get("Entrypoint")
    return {"name": name, "platform": situation.fields.get("platform"), "body": {**config, **made}}


def connections(
    situation: Situation, only: t.Container[str] | None = None
) -> dict[str, dict[str, t.Any]]:
    """By network the endpoint that a call of its own connects: ``only`` these, or all but one."""
    fields = _with_networks(situation)
    wanted, ends = fields.get("networks") or {}, endpoints(fields)
    if only is not None:
        return {name: ends[name] for name in sorted(ends) if name in only}
    return {
        name: ends[name]
        for name in sorted(ends, key=lambda name: (-wanted[name].get("priority", 0), name))
        if name != first(wanted)
    }


def _with_networks(situation: Situation) -> t.Mapping[str, t.Any]:
    """What is wanted, on the networks where it is, as it is, if nobody has ever said where."""
    fields = situation.fields
    found = situation.found.fields.get("networks") if situation.found else None
    if {"networks", "network_mode"}.intersection({*fields, *situation.request.applied}):
        return fields
    return {**fields, "networks": found} if found and set(found) != {"bridge"} else fields


def mounts(situation: Situation) -> dict[str, t.Any]:
    """The mounts of the container; anonymous volumes that it has had come with their names."""
    wanted = dict(situation.fields.get("volumes") or {})
    image = _image_config(situation).get("Volumes") or {}
    for target, name in names(situation.inspect).items():
        unnamed = is_anonymous(wanted[target]) if target in wanted else target in image
        if unnamed and ANONYMOUS.match(name):
            wanted[target] = {**wanted.get(target, {"type": "volume"}), "source": name}
    return wanted


def _image_config(situation: Situation) -> t.Mapping[str, t.Any]:
    image = situation.engine.get("images", {}).get(situation.fields.get("image")) or {}
    return image.get("Config") or situation.inspect.get("Config") or {}
