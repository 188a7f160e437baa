# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes of source and version that are killed at every touch: finished or undone by the next run."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import apt, repository
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.facts import CONFIG_PATH
from ansible_collections.slipway.docker.tests.unit.plugins.module_utils.core.world import Memory
from ansible_collections.slipway.docker.tests.unit.plugins.module_utils.kinds.engine.host import (
    Machine,
)
from ansible_collections.slipway.docker.tests.unit.plugins.module_utils.kinds.engine.test_engine import (
    failure,
    settle,
)

Story = t.Mapping[str, t.Any]
AROUND = {"iptables": "1", "ca-certificates": "1", "xz-utils": "1"}
OFFERS = {name: ["27.0-1", "26.1-1", "20.10-1"] for name in ("docker-ce", "docker-ce-cli")}
KNOWN: Story = {
    "sdk": True,
    "offers": OFFERS,
    "web": {"https://download.docker.com/linux/debian/gpg": "one.asc"},
    "files": {CONFIG_PATH: '{"mtu": 1300}'},
}
DISTRO = {**AROUND, "docker.io": "1", "containerd": "1", "runc": "1", "tini": "1"}
UPSTREAM: Story = {
    "source": "upstream",
    "replace": True,
    "repository": {"fingerprint": "5A496101546494812937C360EF9E3A730BF6E087"},
}
CONFIG = {"config": {"mtu": 1400}}
BARE: Story = {**KNOWN, "packages": AROUND}
OF_DISTRO: Story = {**KNOWN, "packages": DISTRO, "manager": "systemd"}
# A beginning, the run that gets there, and the run that is killed.
JOURNEYS: dict[str, tuple[Story, Story | None, Story]] = {
    "a bare host to a version of Docker's own": (BARE, None, {**UPSTREAM, "version": "26.1"}),
    "the distribution's to Docker's": (OF_DISTRO, None, {**UPSTREAM, **CONFIG}),
    "Docker's to the distribution's": (BARE, UPSTREAM, {**CONFIG, "replace": True}),
    "an upgrade": (
        BARE,
        {**UPSTREAM, "version": "20.10"},
        {**UPSTREAM, **CONFIG, "version": "26.1"},
    ),
    "a downgrade that is not held": (
        BARE,
        {**UPSTREAM, "version": "26.1"},
        {**UPSTREAM, "version": "20.10", "hold": False},
    ),
    "the end of it": (BARE, {**UPSTREAM, "version": "26.1"}, {"state": "absent", **UPSTREAM}),
}


def begin(beginning: Story, before: Story | None) -> tuple[Machine, Memory]:
    """A host on which a run was made."""
    machine, memory = Machine(beginning), Memory()
    if before is not None:
        assert settle(machine, memory, before).failure() == ""
    machine.touches.clear()
    return machine, memory


def state(machine: Machine) -> t.Any:
    """What has to be the same, whatever happened on the way."""
    layout = repository.LAYOUTS["apt"]
    return (
        machine.config,
        machine.taken == machine.files.get(CONFIG_PATH),
        machine.manager,
        machine.version,
        machine.packages,
        sorted(machine.held),
        [machine.files.get(path) for path in (layout.source, layout.key, apt.POLICY)],
    )


@pytest.mark.parametrize("journey", JOURNEYS.values(), ids=list(JOURNEYS))
def test_a_change_that_is_killed_is_finished_by_the_next(
    journey: tuple[Story, Story | None, Story],
) -> None:
    beginning, before, goal = journey
    whole, memory = begin(beginning, before)
    assert settle(whole, memory, goal).failure() == ""
    assert len(whole.touches) > 3

    for fuse in range(len(whole.touches)):
        machine, memory = begin(beginning, before)
        machine.fuse = fuse
        assert "Killed" in settle(machine, memory, goal).failure()
        machine.fuse = float("inf")
        assert settle(machine, memory, goal).failure() == "", whole.touches[fuse]

        assert state(machine) == state(whole), whole.touches[fuse]
        assert settle(machine, memory, goal).plan.lines == []


@pytest.mark.parametrize(
    ("before", "goal"),
    [
        ({**UPSTREAM, "version": "20.10"}, {**UPSTREAM, **CONFIG, "version": "27"}),
        ({"source": "distro", "replace": True}, {**UPSTREAM, "version": "27"}),
    ],
    ids=["an upgrade", "another source"],
)
def test_a_killed_change_to_an_engine_that_does_not_come_up_is_undone_by_the_next(
    before: Story, goal: Story
) -> None:
    beginning = {**BARE, "broken": ["27.0-1"]}
    whole, memory = begin(beginning, before)
    old = state(whole)
    assert "failed to start" in failure(whole, memory, goal)
    assert state(whole)[:6] == old[:6]

    for fuse in range(len(whole.touches)):
        machine, memory = begin(beginning, before)
        machine.fuse = fuse
        failure(machine, memory, goal)
        machine.fuse = float("inf")
        assert "failed to start" in failure(machine, memory, goal), whole.touches[fuse]

        assert state(machine)[:6] == old[:6], whole.touches[fuse]
