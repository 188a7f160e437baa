# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An authorization plugin that allows everything, and writes down what it was asked."""

from __future__ import annotations

import http.server
import json
import os
import socketserver

SOCKET = "/run/docker/plugins/nod.sock"


class Nod(http.server.BaseHTTPRequestHandler):
    """Says yes."""

    def address_string(self) -> str:
        return "engine"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with open("/root/asked", "a") as file:
            file.write(self.path + "\n")
        answer = {"Implements": ["authz"]} if self.path == "/Plugin.Activate" else {"Allow": True}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """A server on a socket of files."""


if __name__ == "__main__":
    if os.path.exists(SOCKET):
        os.unlink(SOCKET)
    Server(SOCKET, Nod).serve_forever()
