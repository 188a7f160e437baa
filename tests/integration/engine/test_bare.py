# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host without Python: planned in check mode, then brought up, by the roles alone."""

from __future__ import annotations

from tests.integration.engine.conftest import Ground

ROLES = ["slipway.docker.bootstrap", "slipway.docker.engine"]


def plans(text: str) -> list[str]:
    """The lines of all plans that were printed."""
    return [line.strip(' ",-') for line in text.splitlines() if " engine docker: " in line]


def test_check_mode_plans_what_the_run_does_although_no_module_can_run(bare: Ground) -> None:
    assert bare.host.ssh("command -v python3").returncode == 1

    ca = bare.folder / "ca"
    port = {"slipway_engine_remote_api": {"ca": str(ca), "clients": ["ci"]}}
    roles = [ROLES[0], {"role": ROLES[1], **port}]
    foreseen = bare.play([], check=True, roles=roles)
    assert foreseen.status == 0, foreseen.text
    assert bare.host.ssh("command -v python3 || command -v dockerd").returncode == 1
    assert not ca.exists()
    played = bare.play([], roles=roles)

    assert played.status == 0, played.text
    told = [one["controller"] for one in (*foreseen.results, *played.results) if "plan" in one]
    assert told[0] == told[1] != []
    engine = [one["plan"] for one in foreseen.results if "plan" in one]
    assert engine == [one["plan"] for one in played.results if "plan" in one]
    assert engine[0][0].startswith("install engine docker: docker.io, docker-cli")
    assert bare.host.ssh("docker info").returncode == 0


def test_a_second_run_of_the_roles_changes_nothing(bare: Ground) -> None:
    bare.play([], roles=ROLES)
    again = bare.play([], roles=ROLES)

    assert "changed=0" in again.text, again.text


def test_an_interpreter_that_is_not_there_is_told(bare: Ground) -> None:
    role = {
        "role": "slipway.docker.bootstrap",
        "slipway_bootstrap_python": "/opt/python/bin/python",
    }
    played = bare.play([], roles=[role])

    assert "ansible_python_interpreter is /opt/python/bin/python" in played.text
