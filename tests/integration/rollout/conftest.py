# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Three hosts, and a repository that is rolled out to them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import typing as t
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.hosts import host as hosts
from tests.images import registry
from tests.integration.playing import ROOT

NAMES = ("rollout-1", "rollout-2", "rollout-3")
PROJECT = {
    "name": "shop",
    "services": {
        "web": {
            "image": "${REGISTRY}/health:1",
            "environment": {"VERSION": "${VERSION}", "HEALTHY": "${HEALTHY}"},
            "configs": [{"source": "motd", "target": "/www/motd.txt"}],
            "ports": ["8080:80"],
            "stop_grace_period": "1s",
        },
        "job": {"image": "${REGISTRY}/job:1", "environment": {"JOB_SAYS": "${VERSION}"}},
    },
    "configs": {"motd": {"file": "./motd.txt"}},
}
EXTRA = {"image": "${REGISTRY}/web:1", "stop_grace_period": "1s"}


@dataclass
class Fleet:
    """A repository with an inventory and a Compose file, and the hosts that it is for."""

    folder: Path
    hosts: dict[str, hosts.Host]
    registry: str
    variables: dict[str, t.Any] = field(default_factory=dict)

    def write(self, version: str, unhealthy: str = "", extra: bool = False) -> None:
        """The repository at a version, which won't become healthy on one host."""
        services = {**t.cast("dict[str, t.Any]", PROJECT["services"])}
        services.update({"extra": EXTRA} if extra else {})
        (self.folder / "motd.txt").write_text(f"version {version}\n")
        (self.folder / "compose.yml").write_text(json.dumps({**PROJECT, "services": services}))
        environment = {"REGISTRY": self.registry, "VERSION": version, "HEALTHY": "{{ healthy }}"}
        listed = {
            name: {**host.variables(), "healthy": "no" if name == unhealthy else "yes"}
            for name, host in self.hosts.items()
        }
        variables = {
            "slipway_engine_config": {"insecure-registries": [self.registry]},
            "slipway_stacks": [{"files": ["compose.yml"], "environment": environment}],
            "slipway_rollout_monitor": 1,
            **self.variables,
        }
        inventory = {"all": {"hosts": listed, "vars": variables}}
        (self.folder / "inventory.json").write_text(json.dumps(inventory))

    def play(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Roll it out, with more words for ansible-playbook."""
        program = str(Path(sys.executable).parent / "ansible-playbook")
        book = str(ROOT / "playbooks" / "rollout.yml")
        environment = {
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".cache"),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml",
        }
        return subprocess.run(
            [program, "-i", "inventory.json", book, *words],
            env=environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )

    def told(self, name: str, command: str) -> str:
        """What a command on a host prints."""
        return self.hosts[name].ssh(command).stdout.strip()

    def versions(self) -> list[str]:
        """What the service says of its version, host by host: its environment, and the file that it serves."""
        asked = "docker exec shop-web-1 sh -c 'echo $VERSION $HEALTHY; cat /www/motd.txt'"
        return [self.told(name, asked).replace("\n", ", ") for name in self.hosts]

    def containers(self) -> list[str]:
        """All containers and since when they run, host by host."""
        listed = "docker ps -aq --no-trunc | sort | xargs docker inspect -f '{{.Id}} {{.State.StartedAt}}'"
        return [self.told(name, listed) for name in self.hosts]

    def kept(self) -> list[bool]:
        """Whether something is kept, host by host."""
        return [
            not self.hosts[name].ssh("test -e /var/lib/slipway/kept.json").returncode
            for name in NAMES
        ]


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[Fleet]:
    """Three hosts without an engine, and a registry with what they will run."""
    for name in NAMES:
        hosts.down(name)
    up = {name: hosts.up(name, "trixie") for name in NAMES}
    store = registry.up()
    registry.push(store, ["health:1", "job:1", "web:1"])
    yield Fleet(tmp_path_factory.mktemp("fleet"), up, store.there)
    for name in NAMES:
        hosts.down(name)
    registry.down()
