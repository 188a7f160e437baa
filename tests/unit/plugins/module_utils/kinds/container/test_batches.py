# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which replica waits for which."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from tests.unit.plugins.module_utils.kinds.container.snapshot import (
    There,
    container,
    report,
    step,
)

NAMES = ("web-1", "web-2", "web-3", "web-4", "web-5")


def replacing(
    there: t.Sequence[str] = NAMES, changed: t.Sequence[str] = NAMES, **config: t.Any
) -> t.Any:
    """The plan that replaces the changed ones of those that are there."""
    options = {"update_config": {"replicas": [*NAMES], **config}}
    wanted = [
        container(name, options=options, **({"user": "1"} if name in changed else {}))
        for name in NAMES
    ]
    return report(*wanted, there=[There(container(name)) for name in there])


def waits_for(made: t.Any, name: str) -> set[str]:
    needs = step(made, "recreate container " + name).needs
    return {need.rpartition(" ")[2] for need in needs}.intersection(NAMES)


@pytest.mark.parametrize(
    ("parallelism", "batches"),
    [
        (1, [set(), {"web-1"}, {"web-2"}, {"web-3"}, {"web-4"}]),
        (2, [set(), set(), {"web-1", "web-2"}, {"web-1", "web-2"}, {"web-3", "web-4"}]),
        (9, [set()] * 5),
        (0, [set()] * 5),
    ],
)
def test_a_replica_waits_for_the_batch_before_it(parallelism: int, batches: list[set[str]]) -> None:
    made = replacing(parallelism=parallelism)

    assert [waits_for(made, name) for name in NAMES] == batches


def test_only_those_that_are_replaced_are_in_a_batch() -> None:
    made = replacing(there=NAMES[:4], changed=["web-1", "web-4", "web-5"], parallelism=1)

    assert waits_for(made, "web-4") == {"web-1"}
    assert [each.verb for each in made.plan.steps if each.name == "web-5"] == ["create", "start"]


def test_the_delay_stands_between_the_batches() -> None:
    made = replacing(parallelism=3, delay=2.5)

    told = [str(each) for each in made.plan.steps if each.verb == "await delay"]
    assert told == [
        "await delay container web-4: 2.5 s after the batch before it",
        "await delay container web-5: 2.5 s after the batch before it",
    ]
    assert "await delay container web-4" in step(made, "recreate container web-4").needs


def test_start_first_waits_for_what_runs_in_its_place() -> None:
    made = replacing(parallelism=1, order="start-first")

    needs = step(made, "recreate container web-2").needs
    assert {"await running new container web-1", "stop old container web-1"} <= {*needs}


@pytest.mark.parametrize(
    "config",
    [{"order": "last"}, {"parallelism": -1}, {"delay": "soon"}, {"replicas": "web"}, {"speed": 1}],
)
def test_what_no_update_config_says_is_refused(config: dict[str, t.Any]) -> None:
    options = {"update_config": config}
    (key,) = config

    with pytest.raises(InputError, match="container web.update_config.{0}".format(key)):
        report(container("web", options=options))


def test_a_monitor_that_is_no_time_is_refused() -> None:
    with pytest.raises(InputError, match="container web.monitor: found 'soon'; accepted: seconds"):
        report(container("web", options={"monitor": "soon"}))
