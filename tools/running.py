# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints as JSON which containers of Compose projects run on this host; `where` brings it there."""

from __future__ import annotations

import http.client
import json
import socket
import urllib.parse

FILTERS = {"label": ["com.docker.compose.project"]}


class Engine(http.client.HTTPConnection):
    """The engine of this host, over its socket."""

    def connect(self) -> None:
        """Open the socket."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect("/var/run/docker.sock")


engine = Engine("docker")
engine.request("GET", "/containers/json?all=1&filters=" + urllib.parse.quote(json.dumps(FILTERS)))
print(
    json.dumps(
        [
            {
                "name": each["Names"][0].lstrip("/"),
                "status": each["Status"],
                "ports": sorted(
                    {port["PublicPort"] for port in each["Ports"] if port.get("PublicPort")}
                ),
            }
            for each in json.loads(engine.getresponse().read())
        ]
    )
)
