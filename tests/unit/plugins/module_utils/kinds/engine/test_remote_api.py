# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The port's files: what is written is read back, and what a unit starts is found in all its files."""

from __future__ import annotations

import subprocess
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.facts import (
    HostFacts,
    Note,
    Placed,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.remote_api import (
    DEFAULTS,
    DROP_IN,
    command_of,
    free_slot,
    overrider_of,
    parse,
    read,
    render_drop_in,
    render_options,
    slot_in,
)

PLACES = st.builds(
    lambda address, port: {"address": str(address), "port": port},
    st.ip_addresses(),
    st.integers(1, 65535),
)
DEBIAN = "/usr/sbin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock $DOCKER_OPTS"
UPSTREAM = "/usr/bin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock"
UNIT = "# /lib/systemd/system/docker.service\n[Service]\nExecStart={0}\nExecReload=/bin/kill\n\n"
PLACE = {"address": "0.0.0.0", "port": 2376}


@given(PLACES, st.sampled_from("abc"))
def test_both_files_say_what_was_written(place: dict[str, t.Any], slot: str) -> None:
    for text in (render_drop_in(DEBIAN, slot, place), render_options(slot, place)):
        assert parse(text) == place
        assert slot_in(text) == slot
        assert read(place) == place


@pytest.mark.parametrize(
    "text", [None, "", "[Service]\n", "ExecStart=dockerd -H tcp://0.0.0.0:2375\n"]
)
def test_other_files_say_nothing(text: str | None) -> None:
    assert (slot_in(text), parse(text or "")) == ("", {})


def test_a_port_is_never_opened_without_asking_for_a_clients_certificate() -> None:
    for text in (render_drop_in(UPSTREAM, "a", PLACE), render_options("a", PLACE)):
        assert all("--tlsverify" in line for line in text.splitlines() if "tcp://" in line)


def test_a_shell_adds_it_to_what_is_there() -> None:
    script = "DOCKER_OPTS=--debug\n" + render_options("a", PLACE) + 'printf "%s\\n" $DOCKER_OPTS'
    told = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout

    assert told.split()[:5] == [
        "--debug", "-H", "unix:///var/run/docker.sock", "-H", "tcp://0.0.0.0:2376",
    ]  # fmt: skip


@pytest.mark.parametrize("command", [DEBIAN, UPSTREAM])
def test_what_a_unit_starts_is_found_with_and_without_ours(command: str) -> None:
    alone = UNIT.format(command)
    ours = "# {0}\n{1}".format(DROP_IN, render_drop_in(command, "a", PLACE))

    assert command_of(alone) == command_of(alone + ours) == command
    assert overrider_of(alone + ours) == ""
    assert command_of("") == ""


def test_a_command_over_many_lines_and_one_in_a_drop_in_of_others() -> None:
    folded = UNIT.format("/usr/bin/dockerd \\\n  -H fd://")
    other = "# /etc/systemd/system/docker.service.d/override.conf\n[Service]\nExecStart=\nExecStart=/opt/dockerd\n"

    assert command_of(folded).split() == ["/usr/bin/dockerd", "-H", "fd://"]
    assert command_of(UNIT.format(DEBIAN) + other) == "/opt/dockerd"
    assert overrider_of(UNIT.format(DEBIAN) + other) == ""
    late = other.replace("override.conf", "zz.conf")
    assert overrider_of(UNIT.format(DEBIAN) + late).endswith("/zz.conf")


def test_a_free_slot_is_none_that_an_engine_may_have_to_start_with() -> None:
    def file(slot: str) -> Placed:
        return Placed(DEFAULTS, render_options(slot, PLACE))

    now = HostFacts(files={DEFAULTS: file("a")})
    going_back = HostFacts(files={DEFAULTS: file("a")}, note=Note(files=(file("b"),)))

    assert free_slot(HostFacts(files={DEFAULTS: Placed(DEFAULTS)})) == "a"
    assert free_slot(now) == "b"
    assert free_slot(going_back) == "c"
