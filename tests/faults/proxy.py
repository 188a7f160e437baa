# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Unix socket in front of the engine's, which passes all calls on but the one that it spoils.

Calls that change something are counted, whatever connection they come over. Reads are not: a run that
dies at one leaves what it leaves when it dies at the next change.
"""

from __future__ import annotations

import contextlib
import dataclasses
import socket
import threading
import typing as t

from tests.faults.wire import Wire, has_body, is_chunked, length

ENGINE = "/var/run/docker.sock"
CHANGING = (b"POST ", b"PUT ", b"DELETE ")


class Spoiled(Exception):
    """The connection ends here."""


@dataclasses.dataclass(frozen=True)
class Fault:
    """What happens to the call of this number, before the engine has it or when it has answered.

    Both are handed the other end; `before` may raise `Spoiled`, after `after` nothing more is said.
    ``over`` is called when the run has ended.
    """

    call: int = 0
    before: t.Callable[[socket.socket], None] | None = None
    after: t.Callable[[socket.socket, bytes], None] | None = None
    over: t.Callable[[], None] = lambda: None


class Proxy:
    """The proxy, from `open` to `close`; no thread of it lives before or after."""

    def __init__(self, place: str, engine: str = ENGINE) -> None:
        self.calls: list[str] = []
        self._fault, self._engine = Fault(), engine
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._server.bind(place)
        self._server.listen(64)

    def open(self, fault: Fault) -> None:
        """Begin to serve; who connected before that has waited."""
        self._fault = fault
        self._begin(self._accept)

    def close(self) -> None:
        """Serve nobody new, and wait until the engine has answered what it was asked."""
        self._server.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._server.close()

    def _begin(self, task: t.Callable[..., None], *words: t.Any) -> None:
        thread = threading.Thread(target=task, args=words, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                self._begin(self._talk, self._server.accept()[0])

    def _talk(self, peer: socket.socket) -> None:
        engine = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with peer, engine, contextlib.suppress(OSError, Spoiled):
            engine.connect(self._engine)
            client, server = Wire(peer), Wire(engine)
            while head := client.head():
                self._pass_on(head, client, server)

    def _pass_on(self, head: bytes, client: Wire, server: Wire) -> None:
        request = head + _body(head, client)
        number = self._count(head)
        spoils = number == self._fault.call and number > 0
        if spoils and self._fault.before:
            self._fault.before(client.peer)
        server.peer.sendall(request)
        # The engine finishes a change whoever is gone; an endless answer ends with who waits for it.
        server.watched = None if number else client.peer
        if spoils and self._fault.after:
            self._fault.after(client.peer, b"".join(_answer(head, server, client)))
            raise Spoiled
        for part in _answer(head, server, client):
            client.peer.sendall(part)

    def _count(self, head: bytes) -> int:
        """The number of a call that changes something; 0 for others."""
        if not head.startswith(CHANGING):
            return 0
        with self._lock:
            self.calls.append(head.split(b" HTTP", 1)[0].decode())
            return len(self.calls)


def _body(head: bytes, wire: Wire) -> bytes:
    if is_chunked(head):
        return b"".join(_chunks(wire))
    return wire.exactly(length(head) or 0)


def _chunks(wire: Wire) -> t.Iterator[bytes]:
    chunk = b""
    while not chunk.startswith(b"0\r\n"):
        chunk = wire.chunk()
        yield chunk


def _answer(request: bytes, server: Wire, client: Wire) -> t.Iterator[bytes]:
    """An answer part by part, as the engine gives it."""
    head = server.head()
    if not head:
        raise Spoiled
    yield head
    size = length(head)
    if not has_body(request, head):
        return
    if is_chunked(head):
        yield from _chunks(server)
    elif size is not None:
        yield server.exactly(size)
    else:
        yield from _hijacked(server, client)


def _hijacked(server: Wire, client: Wire) -> t.Iterator[bytes]:
    """A connection that has become a stream, until the engine ends it."""
    server.watched = None
    threading.Thread(target=_pump, args=(client, server), daemon=True).start()
    while part := server.any():
        yield part
    raise Spoiled


def _pump(source: Wire, target: Wire) -> None:
    with contextlib.suppress(OSError):
        while part := source.any():
            target.peer.sendall(part)
        target.peer.shutdown(socket.SHUT_WR)
