# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test hosts come up, are found again, and go; the engine's labels remember what they are."""

from __future__ import annotations

import subprocess
import time
import typing as t
from dataclasses import dataclass
from pathlib import Path

from docker.models.containers import Container

from tests.ground.engine import (
    LABEL,
    NETWORK,
    PREFIX,
    engine,
    network,
    remove_network_if_unused,
)
from tests.hosts.keys import CONFIG, KEY, OPTIONS, let_in
from tests.hosts.recipe import VARIANTS, Variant, ensure_image

NAME, SUITE, VARIANT = f"{LABEL}.name", f"{LABEL}.suite", f"{LABEL}.variant"
PATIENCE = 60
DEVICES = ("/dev/fuse", "/dev/net/tun")
# systemd 257 wants to be asked for cgroup v1; where there is v2, it doesn't look at this.
ENVIRONMENT = {"SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE": "1"}
# What --security-opt systempaths=unconfined means to the API.
UNMASKED: dict[str, list[str]] = {"MaskedPaths": [], "ReadonlyPaths": []}
# Nearly a --privileged container, which an engine that lacks CAP_SYS_RESOURCE can't start: older ones
# mean the kernel's capabilities by ALL, newer ones their own, and refuse to drop another.
LACKING, MEANS_ITS_OWN = ["SYS_RESOURCE"], 23
RIGHTS: dict[str, t.Any] = {
    "cap_add": ["ALL"],
    "security_opt": ["seccomp=unconfined", "apparmor=unconfined"],
    "device_cgroup_rules": ["a *:* rwm"],
    "cgroupns": "host",
    "tmpfs": {"/run": "exec", "/run/lock": ""},
}


@dataclass(frozen=True)
class Host:
    """A test host that is up."""

    name: str
    suite: str
    variant: str

    @property
    def address(self) -> str:
        """Where it is now: one that was started anew may have got another address."""
        container = engine().containers.get(f"{PREFIX}{self.name}")
        return str(container.attrs["NetworkSettings"]["Networks"][NETWORK]["IPAddress"])

    def ssh(self, command: str, user: str = "root") -> subprocess.CompletedProcess[str]:
        """Run a command on it."""
        words = ["ssh", *OPTIONS, f"{user}@{self.address}", command]
        return subprocess.run(words, capture_output=True, text=True, check=False)

    def send(self, file: Path, path: str) -> None:
        """Put a file of this machine at a path of its own."""
        words = ["docker", "cp", str(file), f"{PREFIX}{self.name}:{path}"]
        subprocess.run(words, check=True, capture_output=True)

    def variables(self, user: str = "root") -> dict[str, str]:
        """What Ansible's inventory says of it."""
        return {
            "ansible_host": self.address,
            "ansible_user": user,
            "ansible_ssh_private_key_file": str(KEY),
            "ansible_ssh_common_args": " ".join(OPTIONS),
        }

    def testinfra(self) -> str:
        """What testinfra calls it."""
        return f"ssh://root@{self.address}?ssh_config={CONFIG}"


def up(name: str, suite: str = "bookworm", variant: str = "usual") -> Host:
    """Bring a host up and wait until it can be reached; one of that name is taken as it is."""
    found = next((host for host in hosts() if host.name == name), None)
    if found:
        return found
    container = _start(name, suite, variant)
    let_in(container)
    host = _host(container)
    _wait(f"{name} to let us in by ssh", lambda: host.ssh("true").returncode == 0, container)
    if not VARIANTS[variant].needs_init:
        _wait(f"systemd of {name}", lambda: _is_settled(host), container)
    return host


def hosts() -> list[Host]:
    """All hosts that are up, by name."""
    found = engine().containers.list(filters={"label": f"{LABEL}=host"})
    return sorted((_host(container) for container in found), key=lambda host: host.name)


def hosts_of(scenario: str) -> list[str]:
    """The hosts of a scenario that are up, as testinfra calls them."""
    return [host.testinfra() for host in hosts() if host.name.startswith(f"{scenario}-")]


def down(name: str) -> None:
    """Take a host away, and all that was on it."""
    filters: dict[str, t.Any] = {"label": [f"{LABEL}=host", f"{NAME}={name}"]}
    for container in engine().containers.list(all=True, filters=filters):
        container.remove(force=True, v=True)
    for volume in engine().volumes.list(filters=filters):
        volume.remove(force=True)
    remove_network_if_unused()


def _start(name: str, suite: str, variant: str) -> Container:
    image, kind = ensure_image(suite, variant), VARIANTS[variant]
    labels = {LABEL: "host", NAME: name, SUITE: suite, VARIANT: variant}
    down(name)
    engine().volumes.create(f"{PREFIX}{name}", labels=labels)
    with network() as stands_on:
        made = _create(name, image, kind, labels, stands_on)
        engine().api.start(made)
    return engine().containers.get(made)


def _create(name: str, image: str, kind: Variant, labels: dict[str, str], stands_on: str) -> str:
    api = engine().api
    rights = api.create_host_config(
        **RIGHTS,
        cap_drop=LACKING if _major(api.version()["Version"]) < MEANS_ITS_OWN else [],
        init=kind.needs_init,
        devices=[device for device in DEVICES if Path(device).exists()],
        binds=["/sys/fs/cgroup:/sys/fs/cgroup:rw", f"{PREFIX}{name}:/var/lib/docker"],
        network_mode=stands_on,
    )
    made = api.create_container(
        image,
        list(kind.command),
        name=f"{PREFIX}{name}",
        hostname=name,
        labels=labels,
        environment=ENVIRONMENT,
        stop_signal=None if kind.needs_init else "SIGRTMIN+3",
        host_config={**rights, **UNMASKED},
    )
    return str(made["Id"])


def _major(version: str) -> int:
    return int(version.partition(".")[0])


def _host(container: Container) -> Host:
    name, suite, variant = (container.labels[label] for label in (NAME, SUITE, VARIANT))
    return Host(name, suite, variant)


def _is_settled(host: Host) -> bool:
    return host.ssh("systemctl is-system-running").stdout.strip() in ("running", "degraded")


def _wait(what: str, is_there: t.Callable[[], bool], container: Container) -> None:
    deadline = time.monotonic() + PATIENCE
    while not is_there():
        if time.monotonic() > deadline:
            log = container.logs(tail=20).decode(errors="replace")
            raise TimeoutError(f"waited {PATIENCE} s for {what}; its last words:\n{log}")
        time.sleep(0.2)
