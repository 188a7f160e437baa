# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A few hosts in one play, and clients that knock at their engines' ports."""

from __future__ import annotations

import http.client
import json
import re
import ssl
import typing as t
from dataclasses import dataclass, field
from pathlib import Path

from tests.hosts import host as hosts
from tests.integration import playing

PORT = 2376
# A task that is delegated says to whom.
RESULT = re.compile(
    r"^(ok|changed|failed|fatal): \[([^\s\]]+)[^\]]*\](?:: FAILED!)? => (\{.*\})$", re.MULTILINE
)
Results = t.Dict[str, t.Dict[str, t.Any]]


@dataclass
class Fleet:
    """Hosts that are played at once; `first` is the run that brought their engines, and `said` all that it printed."""

    folder: Path
    hosts: dict[str, hosts.Host]
    foreseen: Results = field(default_factory=dict)
    first: Results = field(default_factory=dict)
    said: str = ""
    text: str = ""

    @property
    def ca(self) -> Path:
        """The directory of the authority."""
        return self.folder / "ca"

    def engine(self, *words: str, **options: t.Any) -> Results:
        """Run the engine's module on all hosts; words go to ansible-playbook."""
        return self.play({"slipway.docker.engine": options}, *words)

    def play(self, task: playing.Task, *words: str) -> Results:
        """Run a task on all hosts; returns its result on each."""
        book = self.folder / "play.yml"
        play = {"hosts": "all", "gather_facts": False, "tasks": [{"name": "task", **task}]}
        book.write_text(json.dumps([play]))
        played = playing.playbook(self.folder, str(book), self.inventory(), "--forks=3", *words)
        self.text = played.text
        return {
            host: {**json.loads(told), "failed": status in ("failed", "fatal")}
            for status, host, told in RESULT.findall(played.text)
        }

    def inventory(self) -> str:
        """The inventory's file."""
        python = {"ansible_python_interpreter": "/usr/bin/python3"}
        known = {name: {**host.variables(), **python} for name, host in self.hosts.items()}
        path = self.folder / "inventory.json"
        path.write_text(json.dumps({"all": {"hosts": known}}))
        return str(path)

    def told(self, command: str) -> dict[str, str]:
        """What a command prints on each host."""
        return {name: host.ssh(command).stdout.strip() for name, host in self.hosts.items()}

    def answers(self, client: Path | None, port: int = PORT) -> dict[str, str]:
        """What the port of each host says to a client with these certificates, or with none."""
        return {
            name: knock(host.address, port, self.ca / "ca.pem", client)
            for name, host in self.hosts.items()
        }


def knock(address: str, port: int, ca: Path, client: Path | None) -> str:
    """The engine's answer to a ping, or why there is none."""
    context = ssl.create_default_context(cafile=str(ca))
    if client:
        context.load_cert_chain(client / "cert.pem", client / "key.pem")
    connection = http.client.HTTPSConnection(address, port, timeout=10, context=context)
    try:
        connection.request("GET", "/_ping")
        return connection.getresponse().read().decode()
    except OSError as error:
        return f"{type(error).__name__}: {error}"
    finally:
        connection.close()
