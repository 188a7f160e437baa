# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The API on a port of real engines: in by the client's certificate alone, and rotated before it ends."""

from __future__ import annotations

import hashlib
import re
import shutil
import stat
import typing as t
from pathlib import Path

import pytest

from tests.hosts import host as hosts
from tests.integration import playing
from tests.integration.engine.fleet import PORT, Fleet

FLEET = {
    "tls-20": ("bookworm", "usual"),
    "tls-26": ("trixie", "usual"),
    "tls-supervised": ("bookworm", "without-systemd"),
}
CONFIG = {"live-restore": True}
KEYS = "grep -rl 'PRIVATE KEY' /root /tmp /etc/docker /var/lib/slipway /var/log /run 2>/dev/null | sort"
FOREIGN = "cat /etc/docker/daemon.json; sed '/slipway.docker: begin/,/slipway.docker: end/d' /etc/default/docker"


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[Fleet]:
    """Hosts on which check mode was run, then the module; certificates are short of the usual term."""
    for name in FLEET:
        hosts.down(name)
    up = {name: hosts.up(name, suite, variant) for name, (suite, variant) in FLEET.items()}
    fleet = Fleet(tmp_path_factory.mktemp("remote-api"), up)
    fleet.told("mkdir -p /etc/docker; echo '{\"shutdown-timeout\": 20}' > /etc/docker/daemon.json")
    fleet.foreseen = fleet.engine("--check", **asked(fleet))
    assert not fleet.ca.exists()
    fleet.first = fleet.engine(**asked(fleet))
    yield fleet
    for name in FLEET:
        hosts.down(name)


def asked(fleet: Fleet, **more: t.Any) -> dict[str, t.Any]:
    """The options of an engine that two clients can reach."""
    term = {"valid_days": 20, "renew_before_days": 5}
    access = {"ca": str(fleet.ca), "clients": ["ci", "ops"], **term, **more}
    return {"config": CONFIG, "remote_api": access}


def plans(results: t.Mapping[str, t.Mapping[str, t.Any]]) -> dict[str, list[str]]:
    return {host: result["plan"] for host, result in results.items()}


def verbs(result: t.Mapping[str, t.Any]) -> list[str]:
    return [line.partition(" engine")[0] for line in result["plan"]]


def kept(folder: Path) -> dict[str, str]:
    """Every file of the authority, by what it holds."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def in_by(fleet: Fleet, client: str, **more: t.Any) -> playing.Played:
    """A module of ours that makes a volume on each engine, from this machine."""
    at = fleet.ca / "clients" / client
    options = {
        "validate_certs": True,
        "ca_path": str(at / "ca.pem"),
        "client_cert": str(at / "cert.pem"),
        "client_key": str(at / "key.pem"),
        **more,
    }
    tasks = [
        {
            "slipway.docker.volume": {
                "name": "far", "docker_host": f"tcp://{host.address}:{PORT}", **options
            }
        }
        for host in fleet.hosts.values()
    ]  # fmt: skip
    return playing.play(fleet.folder, tasks)


def test_check_mode_foresees_the_run_and_one_authority_is_made_by_hosts_at_once(
    fleet: Fleet,
) -> None:
    assert set(fleet.first) == set(FLEET), fleet.text
    assert plans(fleet.foreseen) == plans(fleet.first)
    for result in fleet.first.values():
        assert verbs(result) == ["install", "certify", "place", "configure", "start", "await ready"]
    made = f"make authority {fleet.ca}: not found"
    assert all(made in result["controller"] for result in fleet.foreseen.values())
    assert sum(made in result["controller"] for result in fleet.first.values()) == 1
    assert stat.S_IMODE((fleet.ca / "ca-key.pem").stat().st_mode) == 0o600
    assert stat.S_IMODE(fleet.ca.stat().st_mode) == 0o700


def test_our_modules_get_in_with_a_clients_certificate(fleet: Fleet) -> None:
    played = in_by(fleet, "ci")

    assert played.status == 0, played.text
    assert set(fleet.told("docker volume ls -q").values()) == {"far"}
    assert set(fleet.answers(fleet.ca / "clients" / "ops").values()) == {"OK"}


def test_nobody_else_gets_in(fleet: Fleet, tmp_path: Path) -> None:
    other = Fleet(tmp_path, fleet.hosts)
    other.engine("--limit=tls-26", "--check", **asked(other))
    assert kept(tmp_path) == {str(tmp_path / name): digest for name, digest in ()} | kept(tmp_path)

    for told in fleet.answers(None).values():
        assert re.search("certificate required|bad certificate", told, re.IGNORECASE), told
    for told in fleet.answers(strangers(tmp_path)).values():
        assert re.search("unknown ca|bad certificate|certificate", told, re.IGNORECASE), told
    wrong = in_by(fleet, "ci", tls_hostname="other.example.org")
    assert "doesn't match" in wrong.message or "Hostname mismatch" in wrong.message, wrong.message
    assert wrong.status != 0


def test_a_second_run_changes_nothing_and_is_one_module_run_a_host(fleet: Fleet) -> None:
    before = kept(fleet.ca)
    again = fleet.engine(**asked(fleet))

    assert {host: (each["changed"], each["plan"]) for host, each in again.items()} == dict.fromkeys(
        FLEET, (False, [])
    )
    assert kept(fleet.ca) == before
    fleet.engine("-vvv", **asked(fleet))
    assert len(re.findall(r"PUT \S+ TO \S+AnsiballZ_engine\.py", fleet.text)) == len(FLEET)


def test_a_host_that_is_delegated_to_has_its_own_names(fleet: Fleet) -> None:
    task = {"slipway.docker.engine": asked(fleet), "delegate_to": "tls-26"}
    again = fleet.play(task, "--limit=tls-20")

    assert (again["tls-20"]["changed"], again["tls-20"]["plan"]) == (False, [])
    assert again["tls-20"]["remote_api"]["names"] == ["tls-26", fleet.hosts["tls-26"].address]
