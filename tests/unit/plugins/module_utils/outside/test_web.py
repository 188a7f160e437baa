# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files from a web server that answers, refuses, sends too much, or isn't there."""

from __future__ import annotations

import http.server
import threading
import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import Unreachable
from ansible_collections.slipway.docker.plugins.module_utils.outside import web

PAGES = {"/key": b"a key", "/large": bytes(web.LARGEST + 1)}


class Pages(http.server.BaseHTTPRequestHandler):
    """A few pages."""

    def do_GET(self) -> None:
        found = PAGES.get(self.path)
        self.send_response(200 if found else 404)
        self.end_headers()
        self.wfile.write(found or b"")

    def log_message(self, *words: t.Any) -> None:
        """Tests are quiet."""


@pytest.fixture
def site() -> t.Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_file_is_read_whole(site: str) -> None:
    assert web.fetch(site + "/key") == b"a key"


def test_what_is_not_there_is_told(site: str) -> None:
    with pytest.raises(Unreachable, match=r"/none: the answer is 404"):
        web.fetch(site + "/none")


def test_what_is_too_large_is_not_taken(site: str) -> None:
    with pytest.raises(Unreachable, match=r"/large: it is larger than 1048576 bytes"):
        web.fetch(site + "/large")


def test_a_server_that_is_not_there_is_told() -> None:
    with pytest.raises(Unreachable, match=r"http://127\.0\.0\.1:1/key: it can't be reached"):
        web.fetch("http://127.0.0.1:1/key")
