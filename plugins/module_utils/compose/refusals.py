# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a service may say that is not honoured yet: refused by name, never ignored."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import ComposeError

Path = t.Tuple[str, ...]
Refusal = t.Tuple[str, str]

NOT_YET = ("not supported yet", "take it out")
SWARM = ("only a swarm honours it", "take it out")
KEYS: dict[Path, Refusal] = {
    **{
        (key,): NOT_YET
        for key in [
            "credential_spec",
            "external_links",
            "gpus",
            "models",
            "post_start",
            "pre_start",
            "pre_stop",
            "provider",
            "pull_refresh_after",
            "use_api_socket",
            "volumes_from",
        ]
    },
    ("deploy", "rollback_config"): NOT_YET,
    **{("deploy", key): SWARM for key in ("placement", "endpoint_mode", "labels")},
}
CONTAINER_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+\Z")
IMAGE_NAME = re.compile(
    r"(?:(?:[a-zA-Z0-9.-]+|\[[0-9a-fA-F:]+\])(?::[0-9]+)?/)?"
    r"[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)*"
    r"(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@[A-Za-z0-9]+:[0-9a-fA-F]{32,})?\Z"
)


def refuse(project: t.Any, service: str) -> None:
    """Raise for the first thing in a service that can't be honoured."""
    declared = project.services[service]
    for path, (problem, hint) in KEYS.items():
        if _at(declared, path):
            raise ComposeError(project.where(("services", service, *path)), problem, hint)
    mode = _at(declared, ("deploy", "mode"))
    if mode not in (None, "replicated"):
        place = project.where(("services", service, "deploy", "mode"))
        raise ComposeError(place, "{0!r} is a swarm's".format(mode), "accepted is replicated")
    _refuse_names(project, service, declared)


def _refuse_names(project: t.Any, service: str, declared: t.Mapping[str, t.Any]) -> None:
    rows = (
        ("container_name", CONTAINER_NAME, "letters, digits, '_', '.' and '-', two or more"),
        ("image", IMAGE_NAME, "registry:port/path:tag in lower case, or path@sha256:..."),
    )
    for key, pattern, accepted in rows:
        name = declared.get(key)
        if name and not pattern.match(name):
            problem = "{0!r} is a name that Docker refuses".format(name)
            raise ComposeError(
                project.where(("services", service, key)), problem, "accepted: " + accepted
            )


def _at(declared: t.Any, path: Path) -> t.Any:
    for key in path:
        declared = (declared or {}).get(key)
    return declared
