# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real registry, in a container beside the test hosts."""

from __future__ import annotations

import io
import tarfile
import time
import typing as t
import urllib.error
import urllib.request
from dataclasses import dataclass

from docker.models.containers import Container

from tests.ground.engine import (
    LABEL,
    PREFIX,
    engine,
    network,
    remove_network_if_unused,
)
from tests.images.build import REPOSITORY, build
from tests.images.lock import PASSWORD, USER, certificate, htpasswd

PATIENCE = 30
PORT = "5000/tcp"
ON_LOOPBACK: dict[str, t.Any] = {PORT: ("127.0.0.1", None)}
SECURED = {
    "REGISTRY_AUTH": "htpasswd",
    "REGISTRY_AUTH_HTPASSWD_REALM": "slipway-test",
    "REGISTRY_AUTH_HTPASSWD_PATH": "/etc/htpasswd",
    "REGISTRY_HTTP_TLS_CERTIFICATE": "/etc/registry.crt",
    "REGISTRY_HTTP_TLS_KEY": "/etc/registry.key",
}


@dataclass(frozen=True)
class Registry:
    """A registry that is up: where this machine finds it, and where the test hosts do."""

    name: str
    here: str
    there: str
    certificate: str = ""

    @property
    def login(self) -> dict[str, str]:
        """User and password, where it wants them."""
        return {"username": USER, "password": PASSWORD} if self.certificate else {}


def up(name: str = "registry", secured: bool = False) -> Registry:
    """Start a registry, or find it; a secured one has TLS and wants a password."""
    containers = engine().containers.list(filters=_filters(name))
    container = containers[0] if containers else _start(name, secured)
    registry = _registry(container)
    _wait(registry)
    return registry


def down(name: str = "registry") -> None:
    """Take a registry away, with all that was pushed to it."""
    for container in engine().containers.list(all=True, filters=_filters(name)):
        container.remove(force=True, v=True)
    remove_network_if_unused()


def push(registry: Registry, names: t.Iterable[str]) -> list[str]:
    """Push test images; returns what the test hosts call them."""
    for reference in build(names):
        name = reference.removeprefix(f"{REPOSITORY}/")
        image, tag = engine().images.get(reference), f"{registry.here}/{name}"
        image.tag(tag)
        answer = engine().api.push(tag, auth_config=registry.login or None)
        engine().images.remove(tag)
        if '"error"' in answer:
            raise RuntimeError(f"{tag}: {answer.splitlines()[-1]}")
    return [f"{registry.there}/{name}" for name in names]


def _filters(name: str) -> dict[str, t.Any]:
    return {"label": [f"{LABEL}=registry", f"{LABEL}.name={name}"]}


def _start(name: str, secured: bool) -> Container:
    host = f"{PREFIX}{name}"
    key, chain = certificate(host) if secured else ("", "")
    labels = {LABEL: "registry", f"{LABEL}.name": name, f"{LABEL}.certificate": chain}
    with network() as stands_on:
        container: Container = engine().containers.create(
            build(["registry:1"])[0],
            name=host,
            hostname=host,
            network=stands_on,
            labels=labels,
            ports=ON_LOOPBACK,
            environment=SECURED if secured else {},
        )
        if secured:
            files = {"etc/registry.key": key, "etc/registry.crt": chain, "etc/htpasswd": htpasswd()}
            container.put_archive("/", _tar(files))
        container.start()
    container.reload()
    return container


def _registry(container: Container) -> Registry:
    port = container.attrs["NetworkSettings"]["Ports"][PORT][0]["HostPort"]
    labels = container.labels
    name, chain = labels[f"{LABEL}.name"], labels[f"{LABEL}.certificate"]
    return Registry(name, f"127.0.0.1:{port}", f"{PREFIX}{name}:5000", chain)


def _wait(registry: Registry) -> None:
    deadline = time.monotonic() + PATIENCE
    while not _answers(registry):
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {PATIENCE} s for {registry.name} on {registry.here}")
        time.sleep(0.1)


def _answers(registry: Registry) -> bool:
    try:
        # Asked by HTTP, one with TLS says so: 400 is an answer, too.
        urllib.request.urlopen(f"http://{registry.here}/v2/", timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


def _tar(files: dict[str, str]) -> bytes:
    with io.BytesIO() as file:
        with tarfile.open(fileobj=file, mode="w") as archive:
            for name, content in files.items():
                info = tarfile.TarInfo(name)
                info.size = len(content.encode())
                archive.addfile(info, io.BytesIO(content.encode()))
        return file.getvalue()
