# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a plan is made of on a host where no module can run."""

from __future__ import annotations

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.converge import Settings, converge
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import (
    InputError,
    Unreachable,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Resource
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import ENGINE
from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless import ROOTLESS
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage import STORAGE
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage.wanted import (
    STORAGE as OPTIONS,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage.wanted import storage
from ansible_collections.slipway.docker.plugins.module_utils.kinds.volume import VOLUME
from ansible_collections.slipway.docker.plugins.module_utils.outside.bare import bare_host

GIVEN = {**{name: spec.get("default") for name, spec in OPTIONS.items()}, "name": "app"}
TOLD = """== /etc/os-release
ID=debian
VERSION_ID="13"
== /etc/group
root:x:0:
== /run/systemd/system
== account
0
root
== packages
iptables installed 1.8
xz-utils config-files 5.4
""".splitlines()


def test_the_plan_is_that_of_the_described_host() -> None:
    host = bare_host(line + "\r" for line in TOLD)
    settings = Settings(check_mode=True)
    wanted = Resource("engine", "docker", options={"users": ["deploy"]})
    report = converge((ENGINE,), [wanted], host, _Nothing(), settings)

    assert report.plan.lines == [
        "install engine docker: docker.io, docker-cli, ca-certificates, xz-utils, python3-docker not found",
        "add-users engine docker: deploy not in the group docker",
        "start engine docker: not running",
        "await ready engine docker: the engine has to answer",
    ]


def test_users_of_the_described_host_can_have_engines() -> None:
    more = [
        "== /etc/passwd", "ada:x:1000:1000::/home/ada:/bin/sh", "== /etc/subuid", "ada:100000:65536",
        "== /var/lib/systemd/linger/ada",
    ]  # fmt: skip
    wanted = Resource("rootless", "ada", options={"script": "/usr/bin/dockerd-rootless.sh"})
    settings = Settings(check_mode=True)
    report = converge((ROOTLESS,), [wanted], bare_host([*TOLD, *more]), _Nothing(), settings)

    assert report.plan.lines == [
        "add-subids rootless ada: no 65536 subordinate ids in /etc/subgid",
        "place-unit rootless ada: no unit",
        "start rootless ada: not running",
        "await ready rootless ada: the engine has to answer",
    ]
    with pytest.raises(InputError, match="no such account"):
        converge((ROOTLESS,), [wanted], bare_host(TOLD), _Nothing(), settings)


def test_an_archive_that_lies_on_the_described_host_is_planned_unseen() -> None:
    given = {"file": "/srv/docker.tgz", "remote": True, "checksum": "sha256:" + "a" * 64}
    fields = {"source": "archive", "archive": given["checksum"], "links": "/usr/local/bin"}
    wanted = Resource("engine", "docker", fields=fields, options={"archive": given})
    report = converge((ENGINE,), [wanted], bare_host(TOLD), _Nothing(), Settings(check_mode=True))

    assert [line.partition(":")[0] for line in report.plan.lines] == [
        "install engine docker",
        "add-group engine docker",
        "unpack engine docker",
        "place engine docker",
        "start engine docker",
        "await ready engine docker",
    ]


def test_a_storage_is_planned_for_a_host_on_which_nothing_can_be_asked() -> None:
    settings = Settings(check_mode=True, expected=frozenset({"engine docker"}))
    wanted = storage({**GIVEN, "driver": "bind", "source": {"path": "/mnt/nas"}})
    report = converge((VOLUME, STORAGE), wanted, bare_host(TOLD), _Nothing(), settings)

    assert report.plan.lines == [
        "guard storage app: mount point not found",
        "place storage app: not found",
        "mount storage app: not found",
        "identify storage app: what is mounted has to be the right share",
        "create volume app: not found",
    ]


def test_nothing_of_this_machine_is_seen() -> None:
    host = bare_host(TOLD)

    assert host.read_bytes("/etc/passwd") is None
    assert (host.exists("/etc"), host.exists("/run/systemd/system")) == (False, True)
    assert host.run(["ls", "/"]).status == 127
    assert host.local.get("/version") is None
    assert host.processes.command(1) == []
    assert host.trees.entries("/", ["etc"]) == {}
    assert host.archives.look("/") == ({}, ())
    assert host.read_link("/proc/self") is None
    with pytest.raises(Unreachable):
        host.engine.get("/containers/json")


def test_an_account_without_rights_is_not_root() -> None:
    host = bare_host(["== account", "1000", "deploy"])

    assert (host.machine.is_root, host.machine.user) == (False, "deploy")


class _Nothing:
    """A memory of nothing."""

    def recall(self, kind: str, id: str) -> None:
        """Nothing was applied."""

    def remember(self, kind: str, id: str, record: object) -> None:
        raise AssertionError("check mode remembers nothing")

    def forget(self, kind: str, id: str) -> None:
        raise AssertionError("check mode forgets nothing")

    def seal(self, value: object) -> str:
        return "sealed"

    def save(self) -> None:
        raise AssertionError("check mode saves nothing")
