# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that declare Docker's repository, for apt and for dnf."""

from __future__ import annotations

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import repository
from ansible_collections.slipway.docker.tests.unit.plugins.module_utils.core.world import Memory
from ansible_collections.slipway.docker.tests.unit.plugins.module_utils.kinds.engine.host import (
    Machine,
)
from ansible_collections.slipway.docker.tests.unit.plugins.module_utils.kinds.engine.test_engine import (
    settle,
)

ROCKY = {"ID": "rocky", "VERSION_ID": "9.4"}
SID = {"ID": "debian", "PRETTY_NAME": "Debian GNU/Linux"}
DEFAULTS = repository.completed(None)


def test_dnf_is_told_of_the_distribution_that_docker_has_packages_for() -> None:
    layout = repository.LAYOUTS["dnf"]
    wanted = repository.wanted(DEFAULTS, ROCKY, "dnf")

    assert wanted.key == "https://download.docker.com/linux/centos/gpg"
    assert wanted.fingerprint == "060A61C51B558A7F742B77AAC52FEB6B621E9F35"
    assert layout.text(wanted, layout).splitlines()[1:] == [
        "[slipway-docker]",
        "name=Docker",
        "baseurl=https://download.docker.com/linux/centos/$releasever/$basearch/stable",
        "enabled=1",
        "gpgcheck=1",
        "gpgkey=file:///etc/pki/rpm-gpg/RPM-GPG-KEY-slipway-docker",
    ]


def test_a_host_that_does_not_say_its_suite_has_to_be_told() -> None:
    with pytest.raises(InputError, match=r"repository\.suite: this host doesn't say its own"):
        repository.wanted(DEFAULTS, SID, "apt")


def test_a_plan_for_fedora_names_its_packages() -> None:
    machine = Machine({"system": "fedora 41", "sdk": True})
    foreseen = [
        settle(machine, Memory(), {"source": source}, check=True).plan.lines[-3]
        for source in ("distro", "upstream")
    ]

    assert foreseen == [
        "install engine docker: moby-engine, docker-cli, iptables, ca-certificates, xz not found",
        "install engine docker: docker-ce, docker-ce-cli, containerd.io, iptables, xz not found",
    ]


def test_what_differs_in_a_file_is_told_by_its_name() -> None:
    before, after = "# a: b\nURIs: http://a\nSuites: x\n", "URIs: http://b\nSuites: x\n"

    assert repository.differences(None, after) == ["its repository not found"]
    assert repository.differences(before, after) == ["URIs 'http://a' -> 'http://b'"]
    assert repository.differences(after + "X: y\n", after) == ["its repository changed"]
    assert repository.differences(after, after) == []
