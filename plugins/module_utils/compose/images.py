# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The image of a service: pulled or built."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.compose.carried import Carrier
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import (
    ComposeError,
    InputError,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Resource

POLICIES = {
    "always": "always",
    "never": "never",
    "missing": "missing",
    "if_not_present": "missing",
    "build": "missing",
}


def image_name(project: t.Any, service: str) -> str:
    """The name of a service's image; one that is only built gets the project's."""
    return str(project.services[service].get("image") or "{0}-{1}".format(project.name, service))


def image(project: t.Any, service: str, pull: str, carrier: Carrier) -> Resource:
    """The image of a service as a resource."""
    declared = project.services[service]
    options: dict[str, t.Any] = {"pull": pull or _policy(project, service)}
    if declared.get("platform"):
        options["platform"] = declared["platform"]
    if declared.get("build"):
        options["build"] = build(project, service, carrier)
    return Resource("image", image_name(project, service), options=options)


def build(project: t.Any, service: str, carrier: Carrier) -> dict[str, t.Any]:
    """The build of a service, its context ready to be carried."""
    declared = project.services[service]["build"]
    try:
        return carrier.load.context(
            {key: value for key, value in declared.items() if value is not None}
        )
    except InputError as error:
        raise ComposeError(
            "{0}: {1}".format(project.where(("services", service, "build")), error.where),
            error.problem,
            error.hint,
        ) from None


def _policy(project: t.Any, service: str) -> str:
    policy = project.services[service].get("pull_policy") or "missing"
    if policy not in POLICIES:
        raise ComposeError(
            project.where(("services", service, "pull_policy")),
            "{0!r} is not supported yet".format(policy),
            "one of {0}".format(", ".join(sorted(POLICIES))),
        )
    return POLICIES[policy]
