# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Large files from a web server of a few lines, which doesn't always behave."""

from __future__ import annotations

import http.server
import io
import threading
import time
import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import (
    SlipwayError,
    Unreachable,
)
from ansible_collections.slipway.docker.plugins.module_utils.outside.downloads import download

CONTENT = b"archive" * 1000


class Server(http.server.BaseHTTPRequestHandler):
    """What each path does to a client."""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        self.send_response(404 if path == "/missing" else 200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        if path == "/whole":
            self.wfile.write(CONTENT)
        if path == "/silent":
            time.sleep(1)
        for _count in range(10 if path == "/trickle" else 0):
            self.wfile.write(b"x")
            time.sleep(0.1)

    def log_message(self, *words: t.Any) -> None:
        """Nothing is told."""


@pytest.fixture(scope="module")
def web() -> t.Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Server)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield "http://127.0.0.1:{0}".format(server.server_port)
    server.shutdown()


def fetch(url: str, room: int = 1 << 20, silence: float = 5, whole: float = 5) -> bytes:
    file = io.BytesIO()
    download(url, file, room, silence, whole)
    return file.getvalue()


def test_a_file_comes_whole(web: str) -> None:
    assert fetch(web + "/whole") == CONTENT


@pytest.mark.parametrize(
    ("path", "limits", "told"),
    [
        ("/missing", {}, "the answer is 404"),
        ("/silent", {"silence": 0.2}, "timed out"),
        ("/trickle", {"whole": 0.3}, "it isn't whole after 0.3 s"),
        ("/whole", {"room": 100}, "make room"),
    ],
)
def test_what_does_not_come_is_told_in_time_and_without_a_key(
    web: str, path: str, limits: dict[str, t.Any], told: str
) -> None:
    began = time.monotonic()
    with pytest.raises(SlipwayError) as raised:
        fetch("{0}{1}?key=secret".format(web, path), **limits)

    assert told in str(raised.value)
    assert "secret" not in str(raised.value)
    assert time.monotonic() - began < 1


def test_a_server_that_is_not_there_is_told() -> None:
    with pytest.raises(Unreachable, match="refused"):
        fetch("http://127.0.0.1:9/docker.tgz")
