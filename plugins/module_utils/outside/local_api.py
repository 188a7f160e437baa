# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions to the engine of this very host, without the SDK, which may not be there yet."""

from __future__ import annotations

import http.client
import json
import typing as t
import urllib.parse

from ansible_collections.slipway.docker.plugins.module_utils.outside.unix_http import (
    UnixConnection,
)

SOCKET = "/var/run/docker.sock"


class LocalApi:
    """The engine behind one Unix socket."""

    def __init__(self, path: str = SOCKET) -> None:
        self.path = path

    def get(self, path: str, timeout: float = 10, **params: t.Any) -> t.Any:
        """The JSON answer of a GET, or None where nobody answers as an engine does."""
        connection = UnixConnection(self.path, timeout)
        try:
            connection.request(
                "GET", "{0}?{1}".format(path, urllib.parse.urlencode(params)) if params else path
            )
            answer = connection.getresponse()
            return json.loads(answer.read()) if answer.status == 200 else None
        except (OSError, http.client.HTTPException, ValueError):
            return None
        finally:
            connection.close()

    def events(self, since: float, until: float, **filters: t.Sequence[str]) -> list[t.Any]:
        """The engine's events of a span of time that has passed."""
        connection = UnixConnection(self.path, 10)
        asked = {
            "since": "{0:.9f}".format(since),
            "until": "{0:.9f}".format(until),
            "filters": json.dumps(filters),
        }
        try:
            connection.request("GET", "/events?{0}".format(urllib.parse.urlencode(asked)))
            return [
                json.loads(line)
                for line in connection.getresponse().read().splitlines()
                if line.strip()
            ]
        except (OSError, http.client.HTTPException, ValueError):
            return []
        finally:
            connection.close()
