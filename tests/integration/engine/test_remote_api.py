# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The API on a port of real engines: in by the client's certificate alone, and rotated before it ends."""

from __future__ import annotations

import datetime
import hashlib
import re
import stat
import typing as t
from pathlib import Path

import pytest

from ansible_collections.slipway.docker.plugins.plugin_utils.authority import Authority, Term
from tests.hosts import host as hosts
from tests.integration import playing
from tests.integration.engine.conftest import Ground, load_image
from tests.integration.engine.fleet import PORT, Fleet

PLAIN = (
    "import socket; s = socket.create_connection(('127.0.0.1', 2376));"
    " s.sendall(b'GET /_ping HTTP/1.0\\r\\n\\r\\n'); print(s.recv(500))"
)
FLEET = {
    "tls-20": ("bookworm", "usual"),
    "tls-26": ("trixie", "usual"),
    "tls-supervised": ("bookworm", "without-systemd"),
}
# As the role has it.
SETTINGS = {
    "config": {"live-restore": True},
    "log_rotation": {"max-size": "10m", "max-file": "3"},
}
NEW = "new (none was issued yet)"
KEYS = "grep -rl 'PRIVATE KEY' /root /tmp /etc/docker /var/lib/slipway /var/log /run 2>/dev/null | sort"
SLOTS = "ls /etc/docker/slipway-tls"
FOREIGN = "cat /etc/docker/daemon.json; sed '/slipway.docker: begin/,/slipway.docker: end/d' /etc/default/docker"

# An engine that refuses a certificate says so and hangs up; some clients hear no more than that.
REFUSED = "certificate required|bad certificate|unknown ca|EOF occurred"


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
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANSIBLE_KEEP_REMOTE_FILES", "1")
        fleet.first = fleet.engine("-vvv", "--diff", **asked(fleet))
    fleet.said = fleet.text
    yield fleet
    for name in FLEET:
        hosts.down(name)


def asked(fleet: Fleet, **more: t.Any) -> dict[str, t.Any]:
    """The options of an engine that two clients can reach."""
    term = {"valid_days": 20, "renew_before_days": 5}
    access = {"ca": str(fleet.ca), "clients": ["ci", "ops"], **term, **more}
    return {**SETTINGS, "remote_api": access}


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


def stranger(folder: Path) -> Path:
    """A client of the same name, by another authority."""
    term = Term(valid=20, renew_before=5)
    authority = Authority(str(folder), term, datetime.datetime.now(datetime.timezone.utc))
    authority.equip(["ci"])
    return Path(authority.client("ci"))


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


def test_no_private_key_is_printed_or_an_argument(fleet: Fleet) -> None:
    arguments = "cat /root/.ansible/tmp/*/AnsiballZ_engine.py | grep -c"

    assert "BEGIN" not in fleet.said
    assert all(f"certify engine docker: certificate added: {NEW}" in fleet.said for _host in FLEET)
    assert "0" not in fleet.told(f"{arguments} '_certificate'").values()
    assert set(fleet.told(f"{arguments} 'PRIVATE KEY'").values()) == {"0"}
    folder = "stat -c %a $(dirname /root/.ansible/tmp/*/parcels.tar)"
    assert set(fleet.told(folder).values()) == {"700"}
    fleet.told("rm -rf /root/.ansible/tmp/*")


def test_our_modules_get_in_with_a_clients_certificate(fleet: Fleet) -> None:
    played = in_by(fleet, "ci")

    assert played.status == 0, played.text
    assert set(fleet.told("docker volume ls -q").values()) == {"far"}
    assert set(fleet.answers(fleet.ca / "clients" / "ops").values()) == {"OK"}


def test_nobody_else_gets_in(fleet: Fleet, tmp_path: Path) -> None:
    for told in fleet.answers(None).values():
        assert re.search(REFUSED, told, re.IGNORECASE), told
    for told in fleet.answers(stranger(tmp_path)).values():
        assert re.search(REFUSED, told, re.IGNORECASE), told
    for host in fleet.hosts.values():
        plain = host.ssh(f'python3 -c "{PLAIN}"')
        assert "HTTP request to an HTTPS server" in plain.stdout, plain.stderr
    wrong = in_by(fleet, "ci", tls_hostname="other.example.org")
    assert "doesn't match" in wrong.message or "Hostname mismatch" in wrong.message, wrong.message
    assert wrong.status != 0


def test_a_second_run_changes_nothing_and_is_one_module_run_a_host(fleet: Fleet) -> None:
    before = kept(fleet.ca)
    again = fleet.engine("-vvv", **asked(fleet))

    assert {host: (each["changed"], each["plan"]) for host, each in again.items()} == dict.fromkeys(
        FLEET, (False, [])
    )
    assert kept(fleet.ca) == before
    assert len(re.findall(r"PUT \S+ TO \S+AnsiballZ_engine\.py", fleet.text)) == len(FLEET)


def test_a_host_that_is_delegated_to_has_its_own_names(fleet: Fleet) -> None:
    task = {"slipway.docker.engine": asked(fleet), "delegate_to": "tls-26"}
    again = fleet.play(task, "--limit=tls-20")

    assert (again["tls-20"]["changed"], again["tls-20"]["plan"]) == (False, [])
    assert again["tls-20"]["remote_api"]["names"] == ["tls-26", fleet.hosts["tls-26"].address]


def test_what_ends_soon_is_issued_anew_and_containers_run_on(fleet: Fleet, busybox: str) -> None:
    load_image(Ground(fleet.hosts["tls-26"], fleet.folder), busybox)
    fleet.hosts["tls-26"].ssh(
        "docker run -d --name web --stop-signal KILL slipway-test/busybox:1 sleep 1000"
    )
    foreign, before = fleet.told(FOREIGN), kept(fleet.ca)
    longer = asked(fleet, valid_days=90, renew_before_days=30)

    foreseen, played = fleet.engine("--check", **longer), fleet.engine(**longer)

    assert plans(foreseen) == plans(played)
    for result in played.values():
        assert verbs(result) == ["certify", "place", "restart", "await ready", "discard"]
        assert re.search(r"new \(it expires on \d{4}-\d\d-\d\d\)$", result["plan"][0])
    assert "web keep running (live-restore)" in played["tls-26"]["plan"][2]
    running = "docker inspect -f '{{.State.Running}} {{.RestartCount}}' web"
    assert fleet.told(running)["tls-26"] == "true 0"
    changed = {path for path, held in kept(fleet.ca).items() if before.get(path) != held}
    assert len(changed) == 3 + 2 * 2  # a host's certificate each, a client's with its key
    assert set(fleet.told(KEYS).values()) == {"/etc/docker/slipway-tls/b/key.pem"}
    assert set(fleet.told(f"stat -c '%a %U' $({KEYS})").values()) == {"600 root"}
    assert not [path for path in (fleet.ca / "hosts").iterdir() if "PRIVATE" in path.read_text()]
    assert fleet.told(FOREIGN) == foreign
    assert set(fleet.answers(fleet.ca / "clients" / "ci").values()) == {"OK"}
    assert plans(fleet.engine(**longer)) == dict.fromkeys(FLEET, [])


def test_a_port_that_is_taken_is_given_back_with_the_engines_own_words(fleet: Fleet) -> None:
    squat = (
        "import socket, time; s = socket.socket(); s.bind(('', 2400)); s.listen(); time.sleep(60)"
    )
    fleet.told(f'nohup python3 -c "{squat}" > /dev/null 2>&1 &')
    term = {"valid_days": 90, "renew_before_days": 30}

    played = fleet.engine(**asked(fleet, **term, port=2400, names=["other.test"]))

    for result in played.values():
        assert "address already in use" in result["msg"]
        assert "put back: certify engine docker, place engine docker" in result["msg"]
    assert set(fleet.answers(fleet.ca / "clients" / "ci").values()) == {"OK"}
    assert set(fleet.told(SLOTS).values()) == {"b"}


def test_a_new_authority_is_taken_up_and_the_old_clients_stay_out(fleet: Fleet) -> None:
    old = fleet.folder / "old"
    (fleet.ca / "clients" / "ci").rename(old)
    (fleet.ca / "ca.pem").unlink()
    (fleet.ca / "ca-key.pem").unlink()

    played = fleet.engine(**asked(fleet))

    for result in played.values():
        assert verbs(result) == ["certify", "place", "restart", "await ready", "discard"]
    assert set(fleet.answers(fleet.ca / "clients" / "ci").values()) == {"OK"}
    for told in fleet.answers(old).values():
        assert re.search(REFUSED, told, re.IGNORECASE), told


def test_the_example_of_the_page_runs(fleet: Fleet) -> None:
    page = (playing.ROOT / "docs" / "remote-api.md").read_text()
    book = fleet.folder / "remote.yml"
    book.write_text(page.partition("```yaml\n")[2].partition("```")[0])

    played = playing.playbook(fleet.folder, str(book), fleet.inventory(), "--forks=3")

    assert played.status == 0, played.text
    assert all("builds" in told for told in fleet.told("docker volume ls -q").values())


def test_without_the_option_the_port_is_closed_and_nothing_is_left(fleet: Fleet) -> None:
    on_two = "--limit=tls-26,tls-supervised"
    foreseen, played = (
        fleet.engine(on_two, "--check", **SETTINGS),
        fleet.engine(on_two, **SETTINGS),
    )
    gone = fleet.engine("--limit=tls-20", state="absent", remote_api={"ca": str(fleet.ca)})

    assert plans(foreseen) == plans(played)
    for result in played.values():
        assert verbs(result) == ["place", "restart", "await ready", "discard"]
    assert (
        "discard engine docker: state: absent; the certificate of its API" in gone["tls-20"]["plan"]
    )
    for told in fleet.answers(fleet.ca / "clients" / "ci").values():
        assert "refused" in told
    left = (
        "ls -d /etc/docker/slipway-tls /etc/systemd/system/docker.service.d/slipway-remote-api.conf"
    )
    assert set(fleet.told(f"{left}; grep -c slipway /etc/default/docker").values()) <= {"", "0"}
    assert fleet.told("docker version -f '{{.Server.Version}}'")["tls-26"].startswith("26.")
