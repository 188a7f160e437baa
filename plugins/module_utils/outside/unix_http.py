# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP over a Unix socket by the standard library, with the doors that the SDK's client has."""

from __future__ import annotations

import http.client
import json as codec
import select
import socket
import threading
import typing as t
import urllib.parse

Timeout = t.Union[float, None, t.Tuple[t.Optional[float], t.Optional[float]]]


class UnixConnection(http.client.HTTPConnection):
    """One connection to whom listens on a Unix socket; `timeout` in seconds bounds each word."""

    def __init__(self, path: str, timeout: float | None) -> None:
        super().__init__("docker", timeout=timeout)
        self._path = path
        self.is_spent = False

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)

    @property
    def is_fresh(self) -> bool:
        """Whether the other side still listens: nothing is to be read where nothing was asked."""
        return self.sock is not None and not select.select([self.sock], [], [], 0)[0]


class Reply:
    """An answer, read whole or as it comes; one that breaks off is a ``ConnectionError``."""

    def __init__(
        self, connection: UnixConnection, answer: http.client.HTTPResponse, stream: bool
    ) -> None:
        self._connection, self._answer = connection, answer
        self.status_code = answer.status
        self.headers = answer.headers
        self.content = b"" if stream and self.status_code < 400 else answer.read()

    @property
    def text(self) -> str:
        return self.content.decode("utf-8", "replace")

    def json(self) -> t.Any:
        """What the content says; a ``ValueError`` where it isn't JSON."""
        return codec.loads(self.content)

    def raise_for_status(self) -> None:
        """A ``ValueError`` where the answer is an error."""
        if self.status_code >= 400:
            raise ValueError("status {0}: {1}".format(self.status_code, self.text.strip()))

    def iter_content(self, chunk_size: int | None = None) -> t.Iterator[bytes]:
        """The content in pieces, as they come."""
        try:
            while True:
                piece = self._answer.read1(chunk_size or 65536)
                if not piece:
                    return
                yield piece
        except http.client.HTTPException as error:
            raise ConnectionError("the answer breaks off") from error

    def close(self) -> None:
        """Hang up."""
        self._answer.close()
        self._connection.close()

    @property
    def is_whole(self) -> bool:
        """Whether nothing more can come."""
        return self._answer.isclosed()


class UnixClient:
    """A client of the engine behind a Unix socket; its connections are used again."""

    verify = True

    def __init__(self, path: str, version: str, timeout: float) -> None:
        self._path, self._version, self.timeout = path, version, timeout
        self._idle: list[UnixConnection] = []
        self._lock = threading.Lock()

    @property
    def api_version(self) -> str:
        return self._version

    def get(self, url: str, **details: t.Any) -> Reply:
        return self._request("GET", url, **details)

    def post(self, url: str, **details: t.Any) -> Reply:
        return self._request("POST", url, **details)

    def delete(self, url: str, **details: t.Any) -> Reply:
        return self._request("DELETE", url, **details)

    def _url(self, path: str, *parts: str, versioned_api: bool = True) -> str:
        quoted = (urllib.parse.quote(part, safe="/:") for part in parts)
        version = "/v{0}".format(self._version) if versioned_api else ""
        return version + path.format(*quoted)

    def _request(
        self,
        verb: str,
        url: str,
        params: t.Mapping[str, t.Any] | None = None,
        json: t.Any = None,
        data: t.Any = None,
        headers: t.Mapping[str, str] | None = None,
        stream: bool = False,
        timeout: Timeout = None,
        verify: t.Any = None,
    ) -> Reply:
        said = dict(headers or {})
        if json is not None:
            data, said["Content-Type"] = codec.dumps(json).encode(), "application/json"
        query = "?" + urllib.parse.urlencode(params, doseq=True) if params else ""
        to_connect, to_read = timeout if isinstance(timeout, tuple) else (timeout, timeout)
        connection = self._connection(to_connect)
        try:
            answer = _ask(connection, verb, url + query, data, said, to_read)
            return self._kept(connection, Reply(connection, answer, stream))
        except http.client.HTTPException as error:
            connection.close()
            raise ConnectionError(str(error) or "it hangs up") from error
        except OSError:
            connection.close()
            raise

    def _kept(self, connection: UnixConnection, reply: Reply) -> Reply:
        with self._lock:
            if reply.is_whole and not connection.is_spent:
                self._idle.append(connection)
        return reply

    def _connection(self, timeout: float | None) -> UnixConnection:
        with self._lock:
            while self._idle:
                known = self._idle.pop()
                if known.is_fresh:
                    known.sock.settimeout(timeout)
                    return known
                known.close()
        return UnixConnection(self._path, timeout)


def _ask(
    connection: UnixConnection,
    verb: str,
    url: str,
    data: t.Any,
    headers: t.Mapping[str, str],
    timeout: float | None,
) -> http.client.HTTPResponse:
    try:
        connection.request(verb, url, body=data, headers=headers)
        connection.sock.settimeout(timeout)
        return connection.getresponse()
    except BrokenPipeError:
        # It has heard enough, and its answer says why.
        connection.is_spent = True
        connection.sock.settimeout(timeout)
        answer = http.client.HTTPResponse(connection.sock, method=verb)
        answer.begin()
        return answer
