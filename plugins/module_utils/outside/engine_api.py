# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine's HTTP API, through the Docker SDK's transport; bodies are ours, so that every API version can be spoken."""

from __future__ import annotations

import dataclasses
import json
import threading
import typing as t

try:
    import docker
    import docker.errors
    import docker.tls
    import requests

    SDK_PROBLEM = ""
except ImportError as error:
    SDK_PROBLEM = str(error)

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import (
    EngineError,
    Unreachable,
)

NEWEST_SPOKEN = (1, 51)


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


class EngineApi:
    """Calls to one engine; the connection is made at the first one, so an engine may come up in mid-run."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._client: t.Any = None
        self._lock = threading.Lock()

    @property
    def version(self) -> tuple[int, ...]:
        """The API version spoken, as numbers: (1, 41)."""
        return version_numbers(self._connected().api_version)

    def get(self, path: str, *parts: str, **params: t.Any) -> t.Any:
        """The JSON answer of a GET; None where nothing is there (404)."""
        return self._decode(self._call("get", path, parts, params=_texts(params), missing_ok=True))

    def fetch(
        self, path: str, *parts: str, headers: t.Mapping[str, str] | None = None, timeout: float | None = None
    ) -> t.Any:
        """The JSON answer of a GET that something else answers through the engine; an error where nothing is there."""
        return self._decode(self._call("get", path, parts, headers=headers, timeout=timeout or self.connection.timeout))

    def post(self, path: str, *parts: str, body: t.Any = None, patience: float = 0, **params: t.Any) -> t.Any:
        """The JSON answer of a POST; `patience` is how many seconds it may take beyond the usual."""
        timeout = self.connection.timeout + patience
        return self._decode(self._call("post", path, parts, params=_texts(params), json=body, timeout=timeout))

    def delete(self, path: str, *parts: str, **params: t.Any) -> bool:
        """Remove something; False where it was gone already."""
        return self._call("delete", path, parts, params=_texts(params), missing_ok=True) is not None

    def text(self, path: str, *parts: str, **params: t.Any) -> bytes:
        """The raw answer of a GET (logs); empty where nothing is there."""
        response = self._call("get", path, parts, params=_texts(params), missing_ok=True)
        return response.content if response is not None else b""

    def upload(
        self,
        path: str,
        *parts: str,
        data: t.Any = None,
        headers: t.Mapping[str, str] | None = None,
        silence: float | None = None,
        **params: t.Any,
    ) -> t.Iterator[t.Any]:
        """The JSON messages that the engine streams while it takes `data` (a build, a load, an import) or fetches (a pull).

        ``silence``: the seconds without any message after which it counts as dead; None where silence is work.
        """
        response = self._call("post", path, parts, params=_texts(params), data=data, headers=headers, stream=True, timeout=silence)
        return messages(response)

    def put_archive(self, container: str, directory: str, data: t.Any) -> None:
        """Unpack a tar archive in a container."""
        self._call("put", "/containers/{0}/archive", (container,), params={"path": directory}, data=data)

    def stream(self, path: str, *parts: str, timeout: float | None = None, **params: t.Any) -> t.Iterator[t.Any]:
        """The JSON messages of an endless GET (events)."""
        return messages(self._call("get", path, parts, params=_texts(params), stream=True, timeout=timeout))

    def forget_connection(self) -> None:
        """Connect anew at the next call, since the engine was restarted or replaced."""
        with self._lock:
            self._client = None

    def _connected(self) -> t.Any:
        with self._lock:
            if self._client is None:
                self._client = connect(self.connection)
            return self._client

    def _call(self, verb: str, path: str, parts: tuple[str, ...], missing_ok: bool = False, **details: t.Any) -> t.Any:
        client = self._connected()
        details.setdefault("timeout", self.connection.timeout)
        try:
            response = getattr(client, verb)(client._url(path, *parts), **details)
        except requests.exceptions.RequestException as error:
            raise unreachable(self.connection, error) from error
        if response.status_code == 404 and missing_ok:
            return None
        if response.status_code >= 400:
            where = "{0} {1}".format(verb.upper(), path.format(*parts))
            raise EngineError(where, _complaint(response), status=response.status_code)
        return response

    def _decode(self, response: t.Any) -> t.Any:
        return response.json() if response is not None and response.content.strip() else None


def connect(connection: Connection) -> t.Any:
    """A client of the SDK that speaks a version which both sides know."""
    if SDK_PROBLEM:
        raise Unreachable(
            "this host", "the Docker SDK for Python can't be imported ({0})".format(SDK_PROBLEM),
            "run the engine role, or type: apt-get install python3-docker",
        )
    try:
        client = docker.APIClient(
            base_url=connection.docker_host, version=connection.api_version, timeout=connection.timeout, tls=_tls(connection)
        )
    except (docker.errors.DockerException, requests.exceptions.RequestException) as error:
        raise unreachable(connection, error) from error
    if version_numbers(client.api_version) > NEWEST_SPOKEN:
        client._version = ".".join(map(str, NEWEST_SPOKEN))
    return client


def unreachable(connection: Connection, error: Exception) -> Unreachable:
    """The error of an engine that doesn't answer."""
    return Unreachable(
        "engine {0}".format(connection.docker_host), "it doesn't answer ({0})".format(error),
        "is it running? type: docker info; to install it, run the engine role",
    )


def version_numbers(text: str) -> tuple[int, ...]:
    """`1.41` as (1, 41)."""
    return tuple(int(part) for part in text.split("."))


def messages(response: t.Any) -> t.Iterator[t.Any]:
    """The JSON messages of a streamed answer, one a line or run together."""
    decoder = json.JSONDecoder()
    pending = ""
    for chunk in _chunks(response):
        pending += chunk.decode("utf-8", "replace")
        while pending.strip():
            pending = pending.lstrip()
            try:
                message, end = decoder.raw_decode(pending)
            except ValueError:
                break
            pending = pending[end:]
            yield message


def _chunks(response: t.Any) -> t.Iterator[bytes]:
    try:
        yield from response.iter_content(chunk_size=None)
    except requests.exceptions.RequestException as error:
        raise Unreachable("engine", "it broke off in the middle of an answer ({0})".format(error), "is it running? type: docker info") from error


def _tls(connection: Connection) -> t.Any:
    if not (connection.tls or connection.validate_certs):
        return False
    pair = (connection.client_cert, connection.client_key) if connection.client_cert and connection.client_key else None
    return docker.tls.TLSConfig(client_cert=pair, verify=connection.validate_certs, ca_cert=connection.ca_path)


def _texts(params: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    return {
        name: json.dumps(value) if isinstance(value, (dict, list, bool)) else value
        for name, value in params.items()
        if value is not None
    }


def _complaint(response: t.Any) -> str:
    try:
        return str(response.json()["message"]).strip()
    except (ValueError, KeyError, TypeError):
        return str(response.text).strip() or "status {0}".format(response.status_code)
