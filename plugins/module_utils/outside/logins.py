# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The registries that this user is logged in to, as `docker login` left them."""

from __future__ import annotations

import base64
import dataclasses
import json
import os
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.outside.files import read_bytes

HUB, HUB_KEY = "docker.io", "https://index.docker.io/v1/"


@dataclasses.dataclass(frozen=True)
class Logins:
    """Credentials by registry, in the shape in which the engine takes them."""

    known: t.Mapping[str, t.Mapping[str, str]]

    def for_registry(self, registry: str) -> dict[str, str]:
        """The headers that show a registry who asks."""
        return {"X-Registry-Auth": _header(self.known[registry])} if registry in self.known else {}

    def for_all(self) -> dict[str, str]:
        """The headers that let a build pull from each of them."""
        known = {
            HUB_KEY if registry == HUB else registry: dict(entry)
            for registry, entry in self.known.items()
        }
        return {"X-Registry-Config": _header(known)} if known else {}


def read() -> Logins:
    """The logins in the user's configuration; what a helper program keeps isn't among them."""
    path = os.path.join(
        os.environ.get("DOCKER_CONFIG") or os.path.expanduser("~/.docker"), "config.json"
    )
    try:
        found = json.loads(read_bytes(path) or b"{}").get("auths") or {}
        return Logins(
            {_host(key): _credentials(key, entry) for key, entry in found.items() if entry}
        )
    except (OSError, ValueError, AttributeError):
        raise InputError(
            path, "no readable configuration of Docker's client", "write it anew with docker login"
        ) from None


def _header(value: t.Mapping[str, t.Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


def _host(key: str) -> str:
    host = key.partition("://")[2] or key
    host = host.partition("/")[0]
    return HUB if host in ("index.docker.io", "registry-1.docker.io") else host


def _credentials(key: str, entry: t.Mapping[str, str]) -> dict[str, str]:
    user, _colon, password = (
        base64.b64decode(entry.get("auth", ""), validate=True).decode().partition(":")
    )
    known = {
        "username": entry.get("username") or user,
        "password": entry.get("password") or password.rstrip("\0"),
        "identitytoken": entry.get("identitytoken", ""),
        "serveraddress": key,
    }
    return {name: text for name, text in known.items() if text}
