# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Docker SDK for Python, imported when it is needed, since a run may be what installs it."""

from __future__ import annotations

import dataclasses
import importlib
import importlib.util
import re
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import (
    InputError,
    Unreachable,
)
from ansible_collections.slipway.docker.plugins.module_utils.outside.unix_http import UnixClient

OLDEST_SPOKEN, NEWEST_SPOKEN = (1, 24), (1, 51)
SCHEME = "unix://"
SOCKET = SCHEME + "/"
VERSION = re.compile(r"auto\Z|[0-9]+\.[0-9]+\Z")


@dataclasses.dataclass(frozen=True)
class Connection:
    """Where the engine is, and how to get in; `timeout` in seconds bounds every answer."""

    docker_host: str = "unix:///var/run/docker.sock"
    timeout: int = 60
    tls: bool = False
    validate_certs: bool = False
    tls_hostname: str | None = None
    ca_path: str | None = None
    client_cert: str | None = None
    client_key: str | None = None
    api_version: str = "auto"


def problem() -> str:
    """Why the SDK can't be imported; empty where it can."""
    importlib.invalidate_caches()
    try:
        importlib.import_module("docker")
    except ImportError as error:
        return str(error)
    return ""


def missing() -> str:
    """Why the SDK isn't there, told without the time that importing it takes."""
    importlib.invalidate_caches()
    return "" if importlib.util.find_spec("docker") else "No module named 'docker'"


def connect(connection: Connection) -> t.Any:
    """A client of the SDK that speaks a version which both sides know."""
    _check(connection)
    if connection.docker_host.startswith(SOCKET):
        return _connect_here(connection)
    docker = importlib.import_module("docker")
    try:
        # With a version given it asks for none: the name must be expected before the first word.
        client = docker.APIClient(
            base_url=connection.docker_host,
            version=_dotted(OLDEST_SPOKEN),
            timeout=connection.timeout,
            tls=_tls(docker, connection),
        )
        if connection.tls_hostname:
            _expect_name(client, connection.tls_hostname)
        client._version = _version(client, connection)
    except (docker.errors.DockerException, OSError, LookupError, TypeError, ValueError) as error:
        raise unreachable(connection, error) from error
    return client


def _connect_here(connection: Connection) -> t.Any:
    """A client of the standard library's: it costs a run half of what importing the SDK does."""
    path = connection.docker_host[len(SCHEME) :]
    client = UnixClient(path, _dotted(OLDEST_SPOKEN), connection.timeout)
    try:
        client._version = _version(client, connection)
    except (OSError, LookupError, TypeError, ValueError) as error:
        raise unreachable(connection, error) from error
    return client


def unreachable(connection: Connection, error: Exception) -> Unreachable:
    """The error of an engine that doesn't answer."""
    return Unreachable(
        "engine {0}".format(connection.docker_host),
        "it doesn't answer ({0})".format(error),
        "is it running? type: docker info; to install it, run the engine role",
    )


def _version(client: t.Any, connection: Connection) -> str:
    if connection.api_version != "auto":
        return connection.api_version
    url = client._url("/version", versioned_api=False)
    answer = client.get(url, timeout=connection.timeout, verify=client.verify)
    answer.raise_for_status()
    spoken = version_numbers(answer.json()["ApiVersion"])
    return _dotted(min(spoken, NEWEST_SPOKEN))


def _dotted(numbers: tuple[int, ...]) -> str:
    return ".".join(map(str, numbers))


def version_numbers(text: str) -> tuple[int, ...]:
    """`1.41` as (1, 41)."""
    return tuple(int(part) for part in text.split("."))


def _check(connection: Connection) -> None:
    if not VERSION.match(connection.api_version):
        found = "found {0!r}".format(connection.api_version)
        raise InputError("api_version", found, "write auto, or a version like 1.41")
    lacking = missing() if connection.docker_host.startswith(SOCKET) else problem()
    if lacking:
        raise Unreachable(
            "this host",
            "the Docker SDK for Python can't be imported ({0})".format(lacking),
            "run the engine role, or type: apt-get install python3-docker",
        )


def _tls(docker: t.Any, connection: Connection) -> t.Any:
    if not (connection.tls or connection.validate_certs):
        return False
    pair = (connection.client_cert, connection.client_key)
    return docker.tls.TLSConfig(
        client_cert=pair if all(pair) else None,
        verify=connection.validate_certs,
        ca_cert=connection.ca_path,
    )


def _expect_name(client: t.Any, name: str) -> None:
    # The SDK has had an option for this, and has it no longer.
    adapter = importlib.import_module("requests.adapters").HTTPAdapter()
    adapter.poolmanager.connection_pool_kw["assert_hostname"] = name
    client.mount("https://", adapter)
