# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host with an engine, and another one that serves files by ssh."""

from __future__ import annotations

import subprocess
import typing as t
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.ground.engine import PREFIX
from tests.hosts import host as hosts
from tests.integration import playing

IMAGE = "slipway-test/busybox:1"
SERVE = """\
id app >/dev/null 2>&1 || useradd --create-home app
install -d -o app /export
install -d -m 700 -o app /home/app/.ssh
echo '{key}' > /home/app/.ssh/authorized_keys
chown app /home/app/.ssh/authorized_keys
chmod 600 /home/app/.ssh/authorized_keys
"""
# Forgotten as well, so that what a test left is no drift to the next one.
# The host has no chattr, and we need none.
CLEAN = """\
docker ps -aq | xargs -r docker rm -f
systemctl stop slipway-storage-my-app.service 'srv-slipway-my\\x2dapp.mount'
while umount /srv/slipway/my-app; do :; done
docker volume ls -q | xargs -r docker volume rm -f
{open}; rmdir /srv/slipway/my-app
rm -rf /etc/slipway /var/lib/slipway /etc/systemd/system/*slipway* /etc/systemd/system/*.wants/*slipway*
rm -rf /etc/systemd/system/docker.service.d/slipway-storage-*
systemctl daemon-reload; systemctl reset-failed
rm -rf /mnt/nas; mkdir -p /mnt/nas/data
""".format(
    open="""python3 -c '
import fcntl, os
directory = os.open("/srv/slipway/my-app", os.O_RDONLY)
fcntl.ioctl(directory, 0x40086602, bytes(4))
'"""
)


@dataclass
class Ground:
    """The host, the server of its files, and the module run on the host."""

    host: hosts.Host
    server: hosts.Host
    folder: Path
    key: str

    def play(
        self, *storages: dict[str, t.Any], check: bool = False, **options: t.Any
    ) -> playing.Played:
        """Run the module on the host."""
        return self._play(
            [{"slipway.docker.storage": {"storages": list(storages), **options}}], check
        )

    def role(self, *storages: dict[str, t.Any]) -> playing.Played:
        """Run the role on the host."""
        declared = {"slipway_storage_storages": list(storages)}
        roles = [{"role": "slipway.docker.storage", **declared}]
        variables = {**self.host.variables(), "ansible_python_interpreter": "/usr/bin/python3"}
        return playing.play(self.folder, [], connection="ssh", vars=variables, roles=roles)

    def _play(self, tasks: list[playing.Task], check: bool = False) -> playing.Played:
        variables = {**self.host.variables(), "ansible_python_interpreter": "/usr/bin/python3"}
        return playing.play(self.folder, tasks, check, connection="ssh", vars=variables)

    def sshfs(self, **options: t.Any) -> dict[str, t.Any]:
        """The storage my-app, served by ssh."""
        server_key = self.server.ssh("cat /etc/ssh/ssh_host_ed25519_key.pub").stdout
        source = {"server": self.server.address, "path": "/export", "user": "app"}
        return {
            "name": "my-app",
            "driver": "sshfs",
            "source": {**source, "host_keys": [server_key.strip()]},
            "secret": {"key": self.key},
            "create_subdir": {},
            **options,
        }

    def walk(self, *items: dict[str, t.Any] | str) -> list[dict[str, t.Any]]:
        """Storages and commands on the host, one after the other in one play; what each returned."""
        return list(self._play([_task(item) for item in items]).results)

    def told(self, command: str) -> str:
        """What a command on the host prints."""
        ran = self.host.ssh(command)
        return (ran.stdout + ran.stderr).strip()


def _task(item: dict[str, t.Any] | str) -> playing.Task:
    if isinstance(item, str):
        return {"ansible.builtin.shell": item, "ignore_errors": True}
    options = {name: value for name, value in item.items() if name != "check"}
    return {
        "slipway.docker.storage": {"storages": [options]},
        "check_mode": bool(item.get("check")),
        "ignore_errors": True,
    }


def bind(**options: t.Any) -> dict[str, t.Any]:
    """The storage my-app, from a path of the host."""
    return {"name": "my-app", "driver": "bind", "source": {"path": "/mnt/nas"}, **options}


@pytest.fixture(scope="session")
def hosts_of_files(tmp_path_factory: pytest.TempPathFactory, busybox: str) -> t.Iterator[Ground]:
    """Both hosts, with an engine on the one and an account for files on the other."""
    folder = tmp_path_factory.mktemp("storage")
    host, server = hosts.up("storage", "trixie"), hosts.up("storage-server", "trixie")
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / "key"], check=True
    )
    server.ssh(SERVE.format(key=(folder / "key.pub").read_text().strip()))
    ground = Ground(host, server, folder, (folder / "key").read_text())
    have_engine(ground, busybox)
    yield ground
    hosts.down("storage")
    hosts.down("storage-server")


def have_engine(ground: Ground, image: str) -> None:
    """An engine with an image."""
    variables = {**ground.host.variables(), "ansible_python_interpreter": "/usr/bin/python3"}
    tasks: list[playing.Task] = [{"slipway.docker.engine": {}}]
    played = playing.play(ground.folder, tasks, connection="ssh", vars=variables)
    assert played.status == 0, played.text
    saved = subprocess.run(["docker", "save", image], capture_output=True, check=True).stdout
    command = ["docker", "exec", "-i", PREFIX + ground.host.name, "docker", "load"]
    subprocess.run(command, input=saved, check=True, capture_output=True)


@pytest.fixture
def ground(hosts_of_files: Ground) -> Ground:
    """Both hosts, with nothing of an earlier test."""
    clean(hosts_of_files)
    return hosts_of_files


def clean(ground: Ground) -> None:
    """Take away all that a test may have left."""
    ground.server.ssh("pkill -CONT -u app; rm -rf /export/* /export/.slipway*")
    ground.host.ssh(CLEAN)
