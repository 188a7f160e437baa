# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Any spec of the container kind: made, unchanged, and changed in one field, on a real engine.

The examples are new ones with each run. `SLIPWAY_SEED` repeats those of a seed that was printed; where
`CI` is set they are always the same.
"""

from __future__ import annotations

import os
import secrets
import typing as t

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from ansible_collections.slipway.docker.plugins.module_utils.kinds.container import CONTAINER
from ansible_collections.slipway.docker.plugins.module_utils.outside.sdk import version_numbers
from tests.faults import figures
from tests.integration.container.ground import Ground, container
from tests.integration.container.rows import ROWS

SEED = int(os.environ.get("SLIPWAY_SEED") or ("CI" not in os.environ and secrets.randbelow(10**9)))
EXAMPLES = 25
# The rows that can stand beside each other, whatever their values, on any machine.
SOCIABLE = [
    "platform",
    "command",
    "environment",
    "user",
    "working_dir",
    "tty",
    "stdin_open",
    "init",
    "labels",
    "annotations",
    "healthcheck",
    "restart",
    "stop_signal",
    "stop_grace_period",
    "logging",
    "hostname",
    "domainname",
    "networks",
    "ports",
    "expose",
    "extra_hosts",
    "dns",
    "dns_opt",
    "dns_search",
    "read_only",
    "volumes",
    "tmpfs",
    "cpus",
    "cpu_shares",
    "mem_limit",
    "mem_reservation",
    "oom_score_adj",
    "pids_limit",
    "ulimits",
    "shm_size",
    "cap_add",
    "cap_drop",
    "security_opt",
    "devices",
    "device_cgroup_rules",
    "group_add",
    "sysctls",
]
SINCE = {field.name: field.since for field in CONTAINER.fields if field.since}


@pytest.fixture(scope="module")
def ground() -> t.Iterator[Ground]:
    """The machine's engine with what the rows refer to."""
    engine = Ground()
    engine.clear()
    engine.image("base:1")
    for name in ("net1", "net2"):
        engine.network(name)
    for name in ("vol1", "vol2"):
        engine.volume(name)
    yield engine
    engine.clear()
    engine.outside.engine.delete("/images/{0}", "ctr-base:1", force=True)


def value(name: str, other: bool) -> t.Any:
    """One of a row's two values."""
    return ROWS[name].other if other else ROWS[name].first


@seed(SEED)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(
    chosen=st.dictionaries(st.sampled_from(SOCIABLE), st.booleans(), min_size=1, max_size=12),
    data=st.data(),
)
def test_any_spec_is_made_once_and_a_change_names_its_field_alone(
    ground: Ground, chosen: dict[str, bool], data: st.DataObject
) -> None:
    spoken = ground.outside.engine.version
    known = {
        name: other
        for name, other in chosen.items()
        if version_numbers(SINCE.get(name, "1.0")) <= spoken
    }
    fields = {"image": "ctr-base:1", **{name: value(name, known[name]) for name in known}}
    ground.converge(container("any", "absent"))
    ground.run(container("any", "present", **fields))
    figures.SPECS.append(SEED)
    if known:
        changed = data.draw(st.sampled_from(sorted(known)))
        fields[changed] = value(changed, not known[changed])
        wanted = container("any", "present", **fields)

        told = ground.converge(wanted, check_mode=True)

        changes = [change for _kind, request in told.requests for change in request.changes]
        expected = {changed} if ROWS[changed].change else set()
        assert {change.field.partition(".")[0] for change in changes} == expected
        assert ground.run(wanted) == told.plan.lines
