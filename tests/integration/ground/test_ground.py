# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ground that other tests stand on: hosts boot and go, images do what they are for."""

from __future__ import annotations

import ssl
import time
import typing as t
import urllib.error
import urllib.request

import docker
import pytest

from tests.ground.engine import LABEL, engine
from tests.hosts import host as hosts
from tests.images import registry as registries
from tests.images.build import build
from tests.images.lock import PASSWORD, USER

PATIENCE = 30


@pytest.fixture(scope="module", params=[("bookworm", "bare"), ("trixie", "usual")], ids=" ".join)
def host(request: pytest.FixtureRequest) -> t.Iterator[hosts.Host]:
    """A host that is gone after its tests."""
    suite, variant = request.param
    yield hosts.up(f"ground-{suite}", suite, variant)
    hosts.down(f"ground-{suite}")


def test_a_host_runs_systemd_of_its_suite(host: hosts.Host) -> None:
    """As if it were a machine."""
    assert host.ssh("systemctl is-system-running").stdout == "running\n"
    assert f"VERSION_CODENAME={host.suite}\n" in host.ssh("cat /etc/os-release").stdout


def test_only_a_bare_host_has_no_python(host: hosts.Host) -> None:
    """That is what the role bootstrap is for."""
    assert bool(host.ssh("command -v python3").stdout) == (host.variant != "bare")


def test_the_administrator_of_a_host_can_become_root(host: hosts.Host) -> None:
    """Plays log in as this user."""
    assert host.ssh("id -un; sudo id -un", user="admin").stdout == "admin\nroot\n"


def test_a_host_reaches_its_packages(host: hosts.Host) -> None:
    """Mirrors, proxies and certificates are this machine's."""
    assert host.ssh("apt-get update --error-on=any").returncode == 0


def test_of_a_host_that_goes_nothing_is_left() -> None:
    """Containers and volumes are ours by label; others' are not touched."""
    hosts.up("ground-gone", "bookworm", "bare")
    filters: dict[str, t.Any] = {"label": [f"{LABEL}=host", f"{LABEL}.name=ground-gone"]}

    hosts.down("ground-gone")

    assert engine().containers.list(all=True, filters=filters) == []
    assert engine().volumes.list(filters=filters) == []


def test_health_can_be_taken_from_a_container_and_given_back() -> None:
    """By a file in it."""
    health = build(["health:1"])[0]
    container = engine().containers.run(health, detach=True, labels={LABEL: "ground"})
    try:
        assert _becomes(container, "healthy")
        container.exec_run(["touch", "/tmp/unhealthy"])
        assert _becomes(container, "unhealthy")
        container.exec_run(["rm", "/tmp/unhealthy"])
        assert _becomes(container, "healthy")
    finally:
        container.remove(force=True)


def test_a_job_exits_as_it_was_told() -> None:
    """One-shot jobs succeed and fail."""
    job = build(["job:1"])[0]

    assert engine().containers.run(job, remove=True) == b"done\n"
    with pytest.raises(docker.errors.ContainerError):
        engine().containers.run(job, remove=True, environment={"JOB_STATUS": "3"})


def test_a_secured_registry_lets_in_who_knows_the_password() -> None:
    """And nobody else."""
    registry = registries.up("ground-secured", secured=True)
    name = f"{registry.here}/web:1"
    try:
        registries.push(registry, ["web:1"])
        trust = ssl.create_default_context(cadata=registry.certificate)
        with pytest.raises(urllib.error.HTTPError, match="Unauthorized"):
            urllib.request.urlopen(f"https://{registry.here}/v2/", context=trust)
        engine().images.pull(name, auth_config={"username": USER, "password": PASSWORD})
        engine().images.remove(name)
    finally:
        registries.down("ground-secured")


def _becomes(container: t.Any, health: str) -> bool:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        container.reload()
        if container.attrs["State"]["Health"]["Status"] == health:
            return True
        time.sleep(0.2)
    return False
