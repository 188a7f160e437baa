# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One end of a Unix socket that speaks HTTP, read a line, a count of bytes, or whatever comes."""

from __future__ import annotations

import re
import select
import socket

LENGTH = re.compile(rb"^content-length: *(\d+)", re.IGNORECASE | re.MULTILINE)
CHUNKED = re.compile(rb"^transfer-encoding: *chunked", re.IGNORECASE | re.MULTILINE)
BODILESS = (b"204", b"304")


class Wire:
    """A connected socket with what came of it and was not read yet."""

    def __init__(self, peer: socket.socket) -> None:
        self.peer = peer
        self.watched: socket.socket | None = None
        self._come = b""

    def head(self) -> bytes:
        """A start line and its headers, as they came; empty where the other end hung up."""
        while b"\r\n\r\n" not in self._come:
            part = self._receive()
            if not part:
                return b""
            self._come += part
        return self._take(self._come.index(b"\r\n\r\n") + 4)

    def line(self) -> bytes:
        """One line with its end."""
        while b"\r\n" not in self._come:
            self._come += self._must_receive()
        return self._take(self._come.index(b"\r\n") + 2)

    def exactly(self, size: int) -> bytes:
        """So many bytes."""
        while len(self._come) < size:
            self._come += self._must_receive()
        return self._take(size)

    def any(self) -> bytes:
        """Whatever comes next; empty at the end."""
        return self._take(len(self._come)) if self._come else self._receive()

    def chunk(self) -> bytes:
        """One chunk with its frame; the last one is empty."""
        size = self.line()
        return size + self.exactly(int(size.split(b";")[0], 16) + 2)

    def _take(self, size: int) -> bytes:
        taken, self._come = self._come[:size], self._come[size:]
        return taken

    def _must_receive(self) -> bytes:
        part = self._receive()
        if not part:
            raise ConnectionError("it ends in the middle of a message")
        return part

    def _receive(self) -> bytes:
        """What comes next, unless who waits for it is gone by then."""
        if self.watched is not None:
            ready = select.select([self.peer, self.watched], [], [])[0]
            if self.peer not in ready and not self.watched.recv(1, socket.MSG_PEEK):
                raise ConnectionError("nobody waits for the answer any more")
        return self.peer.recv(65536)


def length(head: bytes) -> int | None:
    """How long the body is; None where the head doesn't say."""
    found = LENGTH.search(head)
    return int(found.group(1)) if found else None


def is_chunked(head: bytes) -> bool:
    """Whether the body comes in chunks."""
    return bool(CHUNKED.search(head))


def has_body(request: bytes, answer: bytes) -> bool:
    """Whether an answer has a body."""
    return not request.startswith(b"HEAD ") and answer.split(b" ", 2)[1] not in BODILESS
