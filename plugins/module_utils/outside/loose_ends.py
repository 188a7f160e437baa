# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The root-only file of endpoints that a run takes from containers, until it has given them back."""

from __future__ import annotations

import json
import os
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.outside.files import (
    read_bytes,
    remove,
    write_atomically,
)

SECRET = 0o600
Endpoint = t.Dict[str, t.Any]


class LooseEnds:
    """By network and container (by its id, which no two engines share) how it was connected.

    What stands here was left by a run that is at work, or that was killed.
    """

    def __init__(self, state: str) -> None:
        self._path = os.path.join(state, "endpoints.json")

    def of(self, network: str) -> dict[str, Endpoint]:
        """The endpoints that a network owes, by container."""
        return self._all().get(network, {})

    def add(self, network: str, container: str, endpoint: Endpoint) -> None:
        """Write down an endpoint before it is taken away."""
        self._change(network, {**self.of(network), container: endpoint})

    def drop(self, network: str, container: str) -> None:
        """Forget an endpoint that was given back."""
        known = self.of(network)
        if container in known:
            self._change(network, {key: known[key] for key in known if key != container})

    def _change(self, network: str, ends: dict[str, Endpoint]) -> None:
        left = {name: owed for name, owed in {**self._all(), network: ends}.items() if owed}
        if left:
            write_atomically(self._path, json.dumps(left).encode(), mode=SECRET)
        else:
            remove(self._path)

    def _all(self) -> dict[str, dict[str, Endpoint]]:
        try:
            known = json.loads(read_bytes(self._path) or b"{}")
        except ValueError:
            return {}
        return known if isinstance(known, dict) else {}
