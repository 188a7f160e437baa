# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The units of an engine that no package brought, with the settings that upstream's units have."""

from __future__ import annotations

import typing as t

PLACE = "/etc/systemd/system/"
HEAD = "# Written by slipway.docker; changes made here are undone.\n"
DOCKER = """\
[Unit]
Description=Docker Application Container Engine
Documentation=https://docs.docker.com
After=network-online.target nss-lookup.target docker.socket firewalld.service containerd.service time-set.target
Wants=network-online.target containerd.service
Requires=docker.socket
StartLimitBurst=3
StartLimitIntervalSec=60

[Service]
Type=notify
ExecStart={bin}/dockerd -H fd:// --containerd=/run/containerd/containerd.sock
ExecReload=/bin/kill -s HUP $MAINPID
TimeoutStartSec=0
RestartSec=2
Restart=always
LimitNOFILE=infinity
LimitNPROC=infinity
LimitCORE=infinity
TasksMax=infinity
Delegate=yes
KillMode=process
OOMScoreAdjust=-500

[Install]
WantedBy=multi-user.target
"""
SOCKET = """\
[Unit]
Description=Docker Socket for the API

[Socket]
ListenStream=/run/docker.sock
SocketMode=0660
SocketUser=root
SocketGroup=docker

[Install]
WantedBy=sockets.target
"""
# PartOf: both come out of one archive, so whoever restarts or stops the engine means both. An engine
# that has failed for good leaves no containerd of another version to the next one.
CONTAINERD = """\
[Unit]
Description=containerd container runtime
Documentation=https://containerd.io
After=network.target local-fs.target dbus.service
PartOf=docker.service
StopWhenUnneeded=yes

[Service]
Type=notify
ExecStartPre=-/sbin/modprobe overlay
ExecStart={bin}/containerd
RestartSec=5
Restart=always
LimitNOFILE=infinity
LimitNPROC=infinity
LimitCORE=infinity
TasksMax=infinity
Delegate=yes
KillMode=process
OOMScoreAdjust=-999

[Install]
WantedBy=multi-user.target
"""
TEXTS = {"containerd.service": CONTAINERD, "docker.socket": SOCKET, "docker.service": DOCKER}


def texts(place: str) -> dict[str, str]:
    """The text of each unit by its path; ``place`` is the directory of the programs."""
    return {PLACE + name: HEAD + text.replace("{bin}", place) for name, text in TEXTS.items()}


def names(paths: t.Iterable[str]) -> list[str]:
    """The units of ours among some paths, those first that stand on others."""
    there = {path[len(PLACE) :] for path in paths if path.startswith(PLACE)}
    return [name for name in reversed(list(TEXTS)) if name in there]


def is_ours(text: str | None) -> bool:
    """Whether we wrote a unit, even if somebody changed it since."""
    return (text or "").startswith(HEAD)
