# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Compose project as wanted resources of one engine: images, volumes, networks, trees and containers."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.compose.carried import Carrier, Load
from ansible_collections.slipway.docker.plugins.module_utils.compose.containers import containers
from ansible_collections.slipway.docker.plugins.module_utils.compose.images import image
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import ComposeError
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Resource, identity

PROJECT = "com.docker.compose.project"
VERSION = "com.docker.compose.version"


@dataclasses.dataclass(frozen=True)
class Manner:
    """How a stack is to be run: ``state`` present, stopped or absent; ``pull`` overrides the services' own policies.

    ``directory``: where the project's files lie on the host; ``in_place``: they are there already.
    """

    directory: str
    state: str = "present"
    pull: str = ""
    wait: bool = True
    wait_timeout: int = 120
    volumes: bool = False
    in_place: bool = False


def wanted(project: t.Any, manner: Manner, load: Load) -> tuple[Resource, ...]:
    """All resources of a project; `load` takes what has to be carried along."""
    if manner.state == "absent":
        return tuple(_dropped_volumes(project)) if manner.volumes else ()
    carrier = Carrier(project, manner.directory, manner.in_place, load)
    services = [
        resource
        for name in sorted(project.services)
        for resource in containers(project, name, manner, carrier)
    ]
    made = (
        *_images(project, manner, carrier),
        *_volumes(project),
        *_networks(project),
        *carrier.trees,
        *services,
    )
    return tuple(made)


def labels(project: t.Any) -> dict[str, str]:
    """What every resource of the project carries."""
    return {PROJECT: project.name}


def _images(project: t.Any, manner: Manner, carrier: Carrier) -> list[Resource]:
    images: dict[str, Resource] = {}
    for name in sorted(project.services):
        made = image(project, name, manner.pull, carrier)
        other = images.setdefault(made.name, made)
        if other.options != made.options and made.options.get("build"):
            if other.options.get("build"):
                raise ComposeError(
                    project.where(("services", name, "build")),
                    "image {0!r} is built in two ways".format(made.name),
                    "give one of them another image name",
                )
            images[made.name] = made
    return list(images.values())


def _volumes(project: t.Any) -> t.Iterator[Resource]:
    for key, volume in sorted(project.volumes.items()):
        yield _plain("volume", key, volume, ("driver", "driver_opts", "labels"))


def _networks(project: t.Any) -> t.Iterator[Resource]:
    keys = (
        "driver",
        "driver_opts",
        "ipam",
        "internal",
        "attachable",
        "enable_ipv4",
        "enable_ipv6",
        "labels",
    )
    for key, network in sorted(project.networks.items()):
        yield _plain("network", key, network, keys)


def _plain(kind: str, key: str, declared: t.Mapping[str, t.Any], keys: t.Sequence[str]) -> Resource:
    fields = {name: declared[name] for name in keys if declared.get(name)}
    options = {
        "external": bool(declared.get("external")),
        "own_labels": {"com.docker.compose.{0}".format(kind): key},
    }
    return Resource(kind, declared["name"], fields=fields, options=options)


def _dropped_volumes(project: t.Any) -> t.Iterator[Resource]:
    for volume in project.volumes.values():
        if not volume.get("external"):
            yield Resource("volume", volume["name"], "absent", needs=("container",))


def needs(kind: str, names: t.Iterable[str]) -> tuple[str, ...]:
    """The identities of resources of one kind."""
    return tuple(identity(kind, name) for name in names)
