# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Containers that run on although the engine that started them, in a root of its own, has died."""

from __future__ import annotations

import typing as t

SOCKETS = ("/run/containerd/containerd.sock", "/var/run/docker/containerd/containerd.sock")
NAMESPACE = "moby"


def end(outside: t.Any) -> None:
    """End them, or no engine on another root could start containers with their ids."""
    for socket in SOCKETS:
        if outside.exists(socket):
            client = ["ctr", "--address", socket, "--namespace", NAMESPACE]
            for name in _listed(outside, [*client, "tasks", "list", "--quiet"]):
                outside.run([*client, "tasks", "delete", "--force", name])
            for name in _listed(outside, [*client, "containers", "list", "--quiet"]):
                outside.run([*client, "containers", "delete", name])


def _listed(outside: t.Any, command: t.Sequence[str]) -> list[str]:
    ran = outside.run(command)
    return ran.out.split() if ran.ok else []
