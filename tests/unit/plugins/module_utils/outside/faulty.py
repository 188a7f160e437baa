# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An engine that misbehaves on purpose: raw HTTP over a Unix socket, or over TLS."""

from __future__ import annotations

import json
import re
import socket
import ssl
import threading
import typing as t

Answer = t.Callable[["socket.socket"], None]


def reply(body: t.Any = b"", status: str = "200 OK", length: int | None = None) -> Answer:
    """A whole answer; `length` is what its header says, if not the truth."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = "HTTP/1.1 {0}\r\nContent-Length: {1}\r\n\r\n"
    head = head.format(status, len(data) if length is None else length)
    return lambda peer: peer.sendall(head.encode() + data)


def chunks(*parts: bytes, ends: bool = True) -> Answer:
    """A streamed answer in just these pieces; without its end the connection breaks off."""

    def send(peer: socket.socket) -> None:
        peer.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for part in parts:
            peer.sendall("{0:x}\r\n".format(len(part)).encode() + part + b"\r\n")
        if ends:
            peer.sendall(b"0\r\n\r\n")

    return send


def drop(peer: socket.socket) -> None:
    """Hang up without a word."""


class Faulty:
    """Answers by path; `requests` are the request lines that came on so many `connections`, `hang` waits for the end."""

    def __init__(self, place: str, tls: ssl.SSLContext | None = None) -> None:
        self.answers: dict[str, Answer] = {"/version": reply({"ApiVersion": "1.41"})}
        self.requests: list[str] = []
        self.connections = 0
        self.over = threading.Event()
        self.place = place
        self._tls = tls
        family = socket.AF_UNIX if tls is None else socket.AF_INET
        self._server = socket.socket(family, socket.SOCK_STREAM)
        self._server.bind(place if tls is None else ("127.0.0.1", 0))
        self._server.listen()
        self.port = 0 if tls is None else self._server.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def hang(self, peer: socket.socket) -> None:
        """Say nothing until the test is over."""
        self.over.wait()

    def close(self) -> None:
        self.over.set()
        self._server.close()

    def _serve(self) -> None:
        while True:
            try:
                peer, _address = self._server.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._talk, args=(peer,), daemon=True).start()

    def _talk(self, peer: socket.socket) -> None:
        try:
            with self._tls.wrap_socket(peer, server_side=True) if self._tls else peer as secured:
                while self._answer(secured):
                    pass
        except OSError:
            pass

    def _answer(self, peer: socket.socket) -> bool:
        request = b""
        while b"\r\n\r\n" not in request:
            part = peer.recv(65536)
            if not part:
                return False
            request += part
        head, _end, body = request.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: *(\d+)", head, re.IGNORECASE)
        while length and len(body) < int(length.group(1)):
            body += peer.recv(65536)
        line = head.split(b"\r\n")[0].decode()
        self.requests.append(line)
        path = re.sub(r"^/v[0-9.]+(?=/)", "", line.split()[1]).partition("?")[0]
        answer = self.answers.get(path, reply({"message": "no such path"}, "404 Not Found"))
        answer(peer)
        return answer is not drop
