# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host without an engine must have the one that was declared, settled before its first start."""

from __future__ import annotations

import json
import os
import subprocess
import typing as t
from pathlib import Path

from tests.hosts.host import hosts_of

testinfra_hosts = hosts_of("engine")
ENGINES = {"engine-bookworm": "20.10.", "engine-trixie": "26.1."}


def info(host: t.Any, template: str) -> str:
    """What the engine says of itself."""
    return str(host.check_output(f"docker info --format '{template}'"))


def test_check_mode_told_the_steps_of_the_run_and_the_second_run_has_none(plays: t.Any) -> None:
    foreseen, first, *again = plays

    assert (foreseen.check, first.check) == (True, False)
    assert any(step.startswith("install engine docker: docker.io") for step in first.plan)
    assert foreseen.plan == first.plan
    assert [each.plan for each in again] == [[]]


def test_the_engine_runs_and_starts_at_boot(host: t.Any, name: str) -> None:
    docker = host.service("docker")

    assert docker.is_running
    assert docker.is_enabled
    assert info(host, "{{.ServerVersion}}").startswith(ENGINES[name])


def test_its_settings_were_there_before_its_first_start(host: t.Any) -> None:
    assert info(host, "{{.LiveRestoreEnabled}} {{.Labels}}") == "true [stage=test]"
    pools = json.loads(info(host, "{{json .DefaultAddressPools}}"))
    assert pools == [{"Base": "10.77.0.0/16", "Size": 24}]
    # The bridge is made at the first start, and out of the pool only if that was known by then.
    assert host.interface("docker0").addresses[0].startswith("10.77.0.")
    assert host.run("systemctl show docker --property NRestarts --value").stdout.strip() == "0"


def test_logs_are_rotated_unless_somebody_asks_for_more(host: t.Any) -> None:
    settings = json.loads(host.file("/etc/docker/daemon.json").content_string)

    assert settings["log-opts"] == {"max-size": "10m", "max-file": "3"}


def test_the_environment_is_the_engines_and_nobody_elses_to_read(host: t.Any) -> None:
    main = host.check_output("systemctl show docker --property MainPID --value")
    environment = host.check_output(f"tr '\\0' '\\n' < /proc/{main}/environ")

    assert "MOOD=calm" in environment.splitlines()
    assert host.file("/etc/systemd/system/docker.service.d/slipway-environment.conf").mode == 0o600


def test_the_account_may_use_the_engine(host: t.Any) -> None:
    assert "docker" in host.user("admin").groups


def test_its_version_is_held(host: t.Any) -> None:
    assert "docker.io" in host.check_output("apt-mark showhold").split()


def test_what_containers_publish_is_closed_but_for_what_is_allowed(host: t.Any) -> None:
    rules = host.check_output("iptables -S SLIPWAY-PORTS")

    assert "--ctorigdstport 8080" in rules
    assert host.run("iptables -C DOCKER-USER -j SLIPWAY-PORTS").rc == 0


def test_its_api_answers_on_a_port_for_clients_with_a_certificate_alone(host: t.Any) -> None:
    certificates = Path(os.environ["MOLECULE_EPHEMERAL_DIRECTORY"]) / "ca" / "clients" / "ci"
    address = host.interface("eth0").addresses[0]
    ask = ["curl", "-fsS", "--cacert", "ca.pem", f"https://{address}:2376/version"]
    proof = ["--cert", "cert.pem", "--key", "key.pem"]

    def answers(command: list[str]) -> bool:
        done = subprocess.run(command, cwd=certificates, capture_output=True, check=False)
        return done.returncode == 0

    assert answers([*ask, *proof])
    assert not answers(ask)
