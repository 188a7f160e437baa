# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine of this host, asked over a real socket."""

from __future__ import annotations

import http.server
import json
import socketserver
import threading
import typing as t
import urllib.parse
from pathlib import Path

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.outside.local_api import LocalApi

RELOAD = {"Type": "daemon", "Action": "reload"}


class Answers(http.server.BaseHTTPRequestHandler):
    """An engine of one question each."""

    def do_GET(self) -> None:
        asked = urllib.parse.urlparse(self.path)
        query = urllib.parse.parse_qs(asked.query)
        bodies = {
            "/version": json.dumps({"ApiVersion": "1.41", "asked": query}),
            "/events": "".join(json.dumps(each) + "\n" for each in (RELOAD, RELOAD)),
            "/broken": "{",
        }
        body = bodies.get(asked.path, "").encode()
        self.send_response(200 if body else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self) -> str:
        return "socket"

    def log_message(self, *_words: t.Any) -> None:
        """Nothing is printed."""


@pytest.fixture
def api(tmp_path: Path) -> t.Iterator[LocalApi]:
    path = str(tmp_path / "docker.sock")
    with socketserver.ThreadingUnixStreamServer(path, Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield LocalApi(path)
        server.shutdown()


def test_an_answer_is_its_json(api: LocalApi) -> None:
    assert api.get("/version", all="1") == {"ApiVersion": "1.41", "asked": {"all": ["1"]}}


@pytest.mark.parametrize("path", ["/nothing", "/broken"])
def test_what_is_no_answer_of_an_engine_is_none(api: LocalApi, path: str) -> None:
    assert api.get(path) is None


def test_events_are_told_one_by_one(api: LocalApi) -> None:
    assert api.events(1.5, 2.5, type=["daemon"]) == [RELOAD, RELOAD]


def test_where_nobody_listens_there_is_no_answer(tmp_path: Path) -> None:
    deaf = LocalApi(str(tmp_path / "nothing"))

    assert (deaf.get("/version"), deaf.events(0, 1)) == (None, [])
