# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A second engine beside the machine's own, on a small disk of its own, to be stopped and filled."""

from __future__ import annotations

import os
import pathlib
import signal
import subprocess
import time

import docker

from tests.ground.engine import engine as machines_own

DISK = "96m"
# An engine without a bridge would take the other one's away (docker0), so it is lent one.
BRIDGE = "slipway-own"
# Seconds within which it has to answer, and to end.
PATIENCE = 60


class OwnEngine:
    """A dockerd with a data root of its own, and no say in the host's firewall."""

    def __init__(self, folder: pathlib.Path) -> None:
        self._folder = folder
        self._data = folder / "data"
        self._data.mkdir(parents=True)
        (folder / "daemon.json").write_text("{}")
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(self._data)], check=True
        )
        options = {"com.docker.network.bridge.name": BRIDGE}
        self._bridge = machines_own().networks.create(BRIDGE, options=options)
        self._process = self._started()

    @property
    def socket(self) -> str:
        return str(self._folder / "docker.sock")

    @property
    def client(self) -> docker.DockerClient:
        return docker.DockerClient(base_url=f"unix://{self.socket}")

    def load(self, *names: str) -> None:
        """Take images over from the machine's own engine."""
        for name in names:
            self.client.images.load(b"".join(machines_own().images.get(name).save(named=True)))

    def restart(self) -> None:
        """End it, with all that it runs, and start it anew."""
        self._end()
        self._process = self._started()

    def freeze(self) -> None:
        """Have it hang."""
        os.kill(self._process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Have it go on."""
        os.kill(self._process.pid, signal.SIGCONT)

    def fill(self) -> None:
        """Leave no room on its disk."""
        with (self._data / "full").open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(1 << 20))
            except OSError:
                pass

    def clear(self) -> None:
        """Leave room on its disk again."""
        (self._data / "full").unlink(missing_ok=True)

    def close(self) -> None:
        """Away with it and its disk, however it is."""
        try:
            for container in self.client.containers.list(all=True):
                container.remove(force=True)
            self.client.networks.prune()
            self._end()
        finally:
            self._process.kill()
            self._bridge.remove()
            subprocess.run(["umount", "--lazy", str(self._data)], check=True)

    def _end(self) -> None:
        self._process.terminate()
        self._process.wait(PATIENCE)

    def _started(self) -> subprocess.Popen[bytes]:
        where = self._folder
        command = f"""
            dockerd --config-file={where}/daemon.json --data-root={self._data}
            --exec-root={where}/exec --pidfile={where}/pid --host=unix://{self.socket}
            --containerd-namespace=slipway-faults --containerd-plugins-namespace=slipway-faults-p
            --exec-opt=native.cgroupdriver=cgroupfs --bridge={BRIDGE} --iptables=false
            --ip6tables=false --ip-forward=false --userland-proxy=false"""
        with (where / "log").open("ab") as log:
            process = subprocess.Popen(command.split(), stdout=log, stderr=log)
        until = time.monotonic() + PATIENCE
        while not self._answers():
            if process.poll() is not None or time.monotonic() > until:
                raise RuntimeError((where / "log").read_text()[-2000:])
            time.sleep(0.05)
        return process

    def _answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except (docker.errors.DockerException, OSError):
            return False
