# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A pull brings what its registry has, only when that differs, and never what isn't there."""

from __future__ import annotations

import base64
import json
import pathlib
import socket
import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import (
    InputError,
    Unreachable,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image import registry as asking
from tests.integration.image.conftest import (
    PASSWORD,
    PREFIX,
    USER,
    Ground,
    Registry,
    docker,
    free_port,
    image,
)


def push(name: str, source: str, text: str = "") -> str:
    """Bring an image into a registry and off this host; returns its digest there."""
    container = docker("create", source, "sh")
    docker("commit", "--change", f"LABEL text={text}", container, name)
    docker("rm", container)
    docker("push", name)
    digest = docker("image", "inspect", "--format", "{{index .RepoDigests 0}}", name).rpartition(
        "@"
    )[2]
    docker("rmi", name)
    return digest


def test_a_missing_image_is_pulled_once(ground: Ground, registry: Registry, busybox: str) -> None:
    name = registry.name("web:1")
    push(name, busybox)
    assert ground.run(image(name)) == [f"pull image {name}: not found"]
    assert ground.run(image(name, pull="always")) == []
    assert ground.run(image(name, pull="never")) == []


def test_a_tag_that_moved_in_its_registry_is_pulled_with_always_and_only_then(
    ground: Ground, registry: Registry, busybox: str
) -> None:
    name = registry.name("moves:1")
    push(name, busybox, "old")
    ground.run(image(name))
    old = ground.id(name)
    docker("tag", name, f"{name}-kept")
    digest = push(name, busybox, "new")
    docker("tag", f"{name}-kept", name)
    assert ground.run(image(name)) == []
    assert ground.run(image(name, pull="always")) == [
        f"pull image {name}: its registry has {digest[:19]}"
    ]
    assert ground.id(name) != old


def test_a_tag_that_was_moved_by_hand_is_put_right_with_always(
    ground: Ground, registry: Registry, busybox: str
) -> None:
    name = registry.name("hand:1")
    push(name, busybox, "right")
    ground.run(image(name))
    right = ground.id(name)
    docker("tag", busybox, name)
    assert len(ground.run(image(name, pull="always"))) == 1
    assert ground.id(name) == right


def test_a_digest_is_pulled_once_and_never_asked_for_again(
    ground: Ground, registry: Registry, busybox: str
) -> None:
    digest = push(registry.name("pinned:1"), busybox, "pinned")
    name = f"{registry.name('pinned')}@{digest}"
    assert ground.run(image(name)) == [f"pull image {name}: not found"]
    gone = f"127.0.0.1:{free_port()}/{PREFIX}pinned"
    docker("tag", name, f"{gone}:1")
    assert ground.run(image(f"{gone}:1")) == []
    assert ground.run(image(name, pull="always")) == []
    assert ground.run(image(name, state="absent")) == [f"remove image {name}: state: absent"]


@pytest.mark.parametrize("pull", ["missing", "always"])
def test_what_its_registry_does_not_have_is_refused_before_anything_is_touched(
    ground: Ground, registry: Registry, busybox: str, pull: str
) -> None:
    there, lacking = registry.name("there:1"), registry.name("there:2")
    push(there, busybox)
    with pytest.raises(InputError) as caught:
        ground.converge(image(there), image(lacking, pull=pull))
    assert str(caught.value).startswith(f"image {lacking}: not in its registry: ")
    assert "manifest unknown" in str(caught.value)
    assert ground.id(there) is None


def test_never_means_never(ground: Ground, registry: Registry) -> None:
    with pytest.raises(InputError, match="isn't on this host, and its policy is pull: never"):
        ground.converge(image(registry.name("never:1"), pull="never"))


def test_a_registry_that_nobody_runs_is_unknown_not_empty(ground: Ground, busybox: str) -> None:
    name = f"127.0.0.1:{free_port()}/{PREFIX}web:1"
    with pytest.raises(Unreachable, match="whether it is there is unknown.*connection refused"):
        ground.converge(image(name))
    docker("tag", busybox, name)
    with pytest.raises(Unreachable, match="pull: missing takes what the host has"):
        ground.converge(image(name, pull="always"))
    assert ground.run(image(name)) == []


def test_a_registry_that_never_answers_costs_a_bounded_wait(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "PATIENCE", 1.0)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        name = f"127.0.0.1:{silent.getsockname()[1]}/{PREFIX}web:1"
        with pytest.raises(Unreachable, match="no answer within 1 s"):
            ground.converge(image(name))


def test_a_login_opens_a_guarded_registry(
    ground: Ground,
    guarded_registry: Registry,
    busybox: str,
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    name = guarded_registry.name("secret:1")
    login(tmp_path, guarded_registry, PASSWORD)
    push(name, busybox)
    login(tmp_path, guarded_registry, "wrong")
    with pytest.raises(InputError) as caught:
        ground.converge(image(name))
    assert f"type: docker login 127.0.0.1:{guarded_registry.port}" in str(caught.value)
    assert "wrong" not in str(caught.value)
    login(tmp_path, guarded_registry, PASSWORD)
    assert ground.run(image(name)) == [f"pull image {name}: not found"]


def login(directory: pathlib.Path, registry: Registry, password: str) -> None:
    auth = base64.b64encode(f"{USER}:{password}".encode()).decode()
    (directory / "config.json").write_text(
        json.dumps({"auths": {f"127.0.0.1:{registry.port}": {"auth": auth}}})
    )


def test_another_platform_is_another_image(
    ground: Ground, registry: Registry, busybox: str
) -> None:
    name = registry.name("platform:1")
    push(name, busybox)
    assert ground.run(image(name, platform="linux/amd64")) == [f"pull image {name}: not found"]
    report = ground.converge(image(name, platform="linux/s390x"), check_mode=True)
    assert report.plan.lines == [f"pull image {name}: platform 'linux/amd64' -> 'linux/s390x'"]


def test_an_image_can_be_named_by_its_id_when_it_is_there(ground: Ground, busybox: str) -> None:
    id = t.cast(str, ground.id(busybox))
    assert ground.run(image(id)) == []
    with pytest.raises(InputError, match="an id can't be pulled"):
        ground.converge(image("sha256:" + "0" * 64))


def test_force_pulls_again(ground: Ground, registry: Registry, busybox: str) -> None:
    name = registry.name("again:1")
    push(name, busybox)
    ground.run(image(name))
    assert ground.converge(image(name, force=True)).plan.lines == [
        f"pull image {name}: force: true"
    ]


def test_what_an_earlier_task_would_have_made_counts_as_there(ground: Ground) -> None:
    name = f"{PREFIX}later:1"
    report = ground.converge(
        image(name, pull="never"), check_mode=True, expected=frozenset({f"image {name}"})
    )
    assert report.plan.lines == []


def test_many_images_come_in_one_plan(ground: Ground, registry: Registry, busybox: str) -> None:
    names = [registry.name(f"many{number}:1") for number in range(6)]
    for name in names:
        push(name, busybox, name.rpartition("/")[2])
    assert len(ground.run(*map(image, names))) == 6
