# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine's HTTP API over the SDK's transport; bodies are ours, whatever version is spoken."""

from __future__ import annotations

import codecs
import contextlib
import json
import threading
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import EngineError
from ansible_collections.slipway.docker.plugins.module_utils.outside.sdk import (
    Connection,
    connect,
    unreachable,
    version_numbers,
)

BODILESS = (204, 304)


class EngineApi:
    """Calls to one engine, connected at the first one: it may come up in mid-run."""

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
        self,
        path: str,
        *parts: str,
        headers: t.Mapping[str, str] | None = None,
        timeout: float | None = None,
    ) -> t.Any:
        """The JSON answer of a GET that the engine passes on; an error where nothing is there."""
        timeout = timeout or self.connection.timeout
        return self._decode(self._call("get", path, parts, headers=headers, timeout=timeout))

    def post(
        self, path: str, *parts: str, body: t.Any = None, patience: float = 0, **params: t.Any
    ) -> t.Any:
        """The JSON answer of a POST; `patience`: the seconds that it may take beyond the usual."""
        timeout = self.connection.timeout + patience
        return self._decode(
            self._call("post", path, parts, params=_texts(params), json=body, timeout=timeout)
        )

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
        """The messages that the engine streams while it takes `data` (a build, a load) or pulls.

        ``silence``: the seconds without any message after which it counts as dead; None where
        silence is work.
        """
        details: dict[str, t.Any] = {"data": data, "headers": headers}
        details["timeout"] = (self.connection.timeout, silence)
        return self._messages(
            self._call("post", path, parts, params=_texts(params), stream=True, **details)
        )

    def stream(
        self, path: str, *parts: str, timeout: float | None = None, **params: t.Any
    ) -> t.Iterator[t.Any]:
        """The JSON messages of an endless GET (events)."""
        bounds = (self.connection.timeout, timeout)
        return self._messages(
            self._call("get", path, parts, params=_texts(params), stream=True, timeout=bounds)
        )

    def forget_connection(self) -> None:
        """Connect anew at the next call, since the engine was restarted or replaced."""
        with self._lock:
            self._client = None

    def _messages(self, response: t.Any) -> t.Iterator[t.Any]:
        with contextlib.closing(response):
            try:
                yield from messages(response)
            except OSError as error:
                raise unreachable(self.connection, error) from error

    def _connected(self) -> t.Any:
        with self._lock:
            if self._client is None:
                self._client = connect(self.connection)
            return self._client

    def _call(
        self,
        verb: str,
        path: str,
        parts: tuple[str, ...],
        missing_ok: bool = False,
        **details: t.Any,
    ) -> t.Any:
        client = self._connected()
        details.setdefault("timeout", self.connection.timeout)
        # Said again, or a variable of the environment (REQUESTS_CA_BUNDLE) would overrule it.
        details["verify"] = client.verify
        try:
            response = getattr(client, verb)(client._url(path, *parts), **details)
            complaint = _complaint(response) if response.status_code >= 400 else ""
        except OSError as error:
            raise unreachable(self.connection, error) from error
        if response.status_code == 404 and missing_ok:
            return None
        if complaint:
            where = "{0} {1}".format(verb.upper(), path.format(*parts))
            raise EngineError(where, complaint, status=response.status_code)
        return response

    def _decode(self, response: t.Any) -> t.Any:
        if response is None:
            return None
        if not response.content.strip():
            if _breaks_off(response):
                raise unreachable(self.connection, ConnectionError("the answer ends in its head"))
            return None
        try:
            return response.json()
        except ValueError as error:
            raise unreachable(self.connection, error) from error


def messages(response: t.Any) -> t.Iterator[t.Any]:
    """The JSON messages of a streamed answer, one a line or run together."""
    decoder = json.JSONDecoder()
    decode = codecs.getincrementaldecoder("utf-8")("replace").decode
    pending = ""
    for chunk in response.iter_content(chunk_size=None):
        pending = (pending + decode(chunk)).lstrip()
        while pending:
            try:
                message, end = decoder.raw_decode(pending)
            except ValueError:
                break
            pending = pending[end:].lstrip()
            yield message
    if pending:
        raise ConnectionError("the answer ends in the middle of a message")


def _breaks_off(response: t.Any) -> bool:
    """Whether an empty answer never said how long it is, as all do but those that have no body."""
    said = {"content-length", "transfer-encoding"}.intersection(map(str.lower, response.headers))
    return not said and response.status_code not in BODILESS


def _texts(params: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    return {
        name: json.dumps(value) if isinstance(value, (dict, list, bool)) else value
        for name, value in params.items()
        if value is not None
    }


def _complaint(response: t.Any) -> str:
    try:
        told = str(response.json()["message"])
    except (ValueError, KeyError, TypeError):
        told = str(response.text)
    return told.strip() or "status {0}".format(response.status_code)
