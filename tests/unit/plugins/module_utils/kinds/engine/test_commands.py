# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Package managers that no test host has: what they are told, and what is read in their answers."""

from __future__ import annotations

import types
import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import StepError
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import restraint
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.managers import (
    MANAGERS,
    of,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.orders import Order
from ansible_collections.slipway.docker.plugins.module_utils.outside.programs import Ran

RPM = """\
docker-ce installed 3:26.1.4-1.el9
docker-ce-cli installed 1:26.1.4-1.el9
package containerd.io is not installed
"""
EVRS = "\n3:25.0.5-1.el9\n3:26.1.4-1.el9\n\n3:26.1.10-1.el9\n3:26.1.3-1.el9\n"
LOCKS_4 = (
    "# Added lock on Tue Nov 24 10:00:00 2026\ndocker-ce-3:26.1.4-1.el9.*\n!docker-ce-cli-1:27*\n"
)
LOCKS_5 = """\
version = "1.0"

[[packages]]
name = "docker-ce-cli"
[[packages.conditions]]
key = "evr"
comparator = "="
value = "1:26.1.4-1.fc41"
"""
ZYPPER = """\
S | Name   | Type    | Version                      | Arch   | Repository
--+--------+---------+------------------------------+--------+-----------
v | docker | package | 26.1.5_ce-150000.212.1       | x86_64 | updates
v | docker | package | 24.0.7_ce-150000.190.4       | x86_64 | oss
"""
APK_LIST = """\
docker-cli-26.1.5-r0 x86_64 {docker} (Apache-2.0) [installed]
docker-cli-compose-2.27.0-r1 x86_64 {docker-cli-compose} (Apache-2.0) [installed]
"""
APK_POLICY = """\
docker-cli policy:
  26.1.5-r0:
    lib/apk/db/installed
    https://dl-cdn.alpinelinux.org/alpine/v3.20/community
  25.0.5-r1:
    https://dl-cdn.alpinelinux.org/alpine/v3.19/community
"""


def recorded(
    answers: t.Mapping[str, Ran], files: t.Mapping[str, str] | None = None
) -> tuple[t.Any, list[str]]:
    """A host that answers what was recorded, and what it was told."""
    told: list[str] = []

    def run(command: t.Sequence[str], **_details: t.Any) -> Ran:
        said = " ".join(word.strip() for word in command)
        told.append(said)
        return next((ran for part, ran in answers.items() if part in said), Ran(0, "", ""))

    def read(path: str) -> bytes | None:
        return (files or {}).get(path, "").encode() or None

    there: set[str] = {restraint.SYSTEMD}

    def write(path: str, data: bytes, directory_mode: int = 0) -> None:
        told.append("write " + path)
        there.add(path)

    def remove(path: str) -> None:
        told.append("remove " + path)
        there.remove(path)

    doors = {"run": run, "read_bytes": read, "write": write, "remove": remove}
    return types.SimpleNamespace(exists=there.__contains__, **doors), told


def changes(told: t.Iterable[str]) -> list[str]:
    """What the package manager was told beyond questions."""
    questions = (
        "write ",
        "remove ",
        "systemctl ",
        "rpm --query",
        "dnf --quiet repoquery",
        "apk policy",
        "apk list",
    )
    return [said for said in told if not said.startswith(questions) and " search " not in said]


@pytest.mark.parametrize(
    ("name", "manager"),
    [
        ("debian", "apt"),
        ("fedora", "dnf"),
        ("rocky", "dnf"),
        ("opensuse-leap", "zypper"),
        ("", "apt"),
    ],
)
def test_a_distribution_has_a_package_manager(name: str, manager: str) -> None:
    assert of({"ID": name}) == manager


@pytest.mark.parametrize(
    ("files", "held"),
    [
        ({"/etc/dnf/plugins/versionlock.list": LOCKS_4}, ("docker-ce",)),
        ({"/etc/dnf/versionlock.toml": LOCKS_5}, ("docker-ce-cli",)),
        ({}, ()),
    ],
)
def test_dnf_tells_versions_and_its_files_what_is_held(
    files: dict[str, str], held: tuple[str, ...]
) -> None:
    outside, _told = recorded({"rpm --query": Ran(1, RPM, "")}, files)
    found = MANAGERS["dnf"].look(outside, ["docker-ce", "docker-ce-cli", "containerd.io"])

    assert found.installed == {"docker-ce": "3:26.1.4-1.el9", "docker-ce-cli": "1:26.1.4-1.el9"}
    assert found.held == held


def test_dnf_installs_the_newest_that_matches_and_lets_go_of_it_first() -> None:
    outside, told = recorded({"repoquery": Ran(0, EVRS, "")})
    order = Order(("docker-ce", "containerd.io"), {"docker-ce": "26.1"}, unlocks=True)
    MANAGERS["dnf"].install(outside, order)

    assert changes(told) == [
        "dnf --assumeyes --quiet makecache",
        "dnf --assumeyes --quiet versionlock delete docker-ce containerd.io",
        "dnf --assumeyes --quiet --setopt=install_weak_deps=False install"
        " docker-ce-3:26.1.10-1.el9 containerd.io",
    ]


def test_no_package_restarts_the_engine_while_it_is_changed() -> None:
    outside, told = recorded({"makecache": Ran(0, "", ""), " install": Ran(1, "", "no space")})

    with pytest.raises(StepError, match="dnf: no space; mend what dnf complains about"):
        MANAGERS["dnf"].install(outside, Order(("docker-ce",)))
    assert [said.partition(" ")[0] for said in told] == [
        "dnf", "write", "systemctl", "dnf", "remove", "systemctl",
    ]  # fmt: skip
    assert not restraint.is_held_back(outside)


def test_what_dnf_does_not_offer_is_refused_with_what_it_does() -> None:
    outside, told = recorded({"repoquery": Ran(0, EVRS, "")})

    with pytest.raises(StepError, match=r"'27' is not offered; offered are: 3:26\.1\.10-1\.el9, "):
        MANAGERS["dnf"].install(outside, Order(("docker-ce",), {"docker-ce": "27"}))
    assert changes(told) == ["dnf --assumeyes --quiet makecache"]


def test_what_others_need_is_not_removed() -> None:
    needed = "error: Failed dependencies:\n\trunc is needed by (installed) podman"
    outside, told = recorded({"rpm --erase --test": Ran(1, "", needed)})

    with pytest.raises(StepError, match="is needed by .* podman; remove these first"):
        MANAGERS["dnf"].install(outside, Order(("docker-ce",), goes=("runc",)))
    assert changes(told) == ["dnf --assumeyes --quiet makecache", "rpm --erase --test runc"]


def test_what_dnf_complains_about_is_told() -> None:
    outside, _told = recorded({"versionlock": Ran(1, "", "No such command: versionlock")})

    with pytest.raises(StepError, match="dnf: No such command: versionlock; type: dnf install"):
        MANAGERS["dnf"].hold(outside, ["docker-ce"])


def test_zypper_installs_what_its_table_offers_and_locks_it() -> None:
    files = {"/etc/zypp/locks": "type: package\nmatch_type: glob\nsolvable_name: docker\n"}
    rpm = Ran(0, "docker installed 0:26.1.5_ce-150000.212.1\n", "")
    outside, told = recorded({"search": Ran(0, ZYPPER, ""), "rpm --query": rpm}, files)

    MANAGERS["zypper"].install(outside, Order(("docker",), {"docker": "24"}))
    MANAGERS["zypper"].hold(outside, ["docker"])

    assert changes(told)[1:] == [
        "zypper --non-interactive --quiet install --no-recommends --oldpackage"
        " docker=24.0.7_ce-150000.190.4",
        "zypper --non-interactive --quiet addlock docker",
    ]
    assert MANAGERS["zypper"].look(outside, ["docker"]).held == ("docker",)


def test_apk_pins_a_version_in_its_world() -> None:
    answers = {"apk list": Ran(0, APK_LIST, ""), "apk policy": Ran(0, APK_POLICY, "")}
    outside, told = recorded(answers, {"/etc/apk/world": "docker\ndocker-cli=26.1.5-r0\n"})

    MANAGERS["apk"].install(outside, Order(("docker-cli",), {"docker-cli": "25.0"}))
    MANAGERS["apk"].hold(outside, ["docker-cli"])
    MANAGERS["apk"].release(outside, ["docker-cli"])

    assert changes(told)[1:] == [
        "apk add docker-cli=25.0.5-r1",
        "apk add docker-cli=26.1.5-r0",
        "apk add docker-cli",
    ]
    found = MANAGERS["apk"].look(outside, ["docker-cli", "docker"])
    assert found == MANAGERS["apk"].look(outside, ["docker-cli"])
    assert (found.installed, found.held) == ({"docker-cli": "26.1.5-r0"}, ("docker-cli",))
