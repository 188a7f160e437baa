# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The authority's directory: looked at without a trace, and written by one run at a time."""

from __future__ import annotations

import concurrent.futures
import datetime
import os
import stat
import typing as t
from pathlib import Path

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import (
    InputError,
    Refused,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.certificate import digest
from ansible_collections.slipway.docker.plugins.plugin_utils import certificates, issuing
from ansible_collections.slipway.docker.plugins.plugin_utils.authority import Authority, Term
from ansible_collections.slipway.docker.plugins.plugin_utils.certificates import Pair, Subject

NOW = datetime.datetime.now(datetime.timezone.utc)
HOST = Subject("web/1", ("web1", "10.0.0.5"))
NONE_YET = "- new (none was issued yet)"


def at(folder: Path, valid: int = 30, before: int = 10, later: float = 0) -> Authority:
    now = NOW + datetime.timedelta(days=later)
    return Authority(str(folder / "ca"), Term(valid, before), now)


def files(folder: Path) -> dict[str, tuple[bytes, int]]:
    found = [path for path in (folder / "ca").rglob("*") if path.is_file()]
    return {
        str(path.relative_to(folder / "ca")): (path.read_bytes(), stat.S_IMODE(path.stat().st_mode))
        for path in found
    }


def test_looking_makes_nothing(tmp_path: Path) -> None:
    authority = at(tmp_path)
    authority.check()

    assert authority.wanted(HOST) == NONE_YET
    assert authority.lacking(["ci"]) == {"ci": "not found"}
    assert authority.equip([]) == {}
    assert list(tmp_path.iterdir()) == []


def test_a_host_is_to_have_what_was_issued_last(tmp_path: Path) -> None:
    issued = at(tmp_path).issue(HOST, digest)

    assert at(tmp_path).wanted(HOST).split()[0] == digest(issued)
    assert at(tmp_path, later=20.5).wanted(HOST).startswith("- new (it expires on ")
    moved = Subject("web/1", ("web1", "10.0.0.6"))
    assert at(tmp_path).wanted(moved) == "- new (its names were web1, 10.0.0.5)"


def test_the_hosts_key_is_not_kept_and_the_authoritys_is_for_its_owner_alone(
    tmp_path: Path,
) -> None:
    issued = at(tmp_path).issue(HOST, digest)
    at(tmp_path).equip(["ci"])

    found = files(tmp_path)
    assert not any(issued["key.pem"] in held for held, _mode in found.values())
    secrets = {path: mode for path, (held, mode) in found.items() if b"PRIVATE" in held}
    assert secrets == {"ca-key.pem": 0o600, "clients/ci/key.pem": 0o600}
    assert stat.S_IMODE((tmp_path / "ca").stat().st_mode) == 0o700


def test_a_second_time_nothing_is_issued(tmp_path: Path) -> None:
    at(tmp_path).equip(["ci", "ops", "ci"])
    before = files(tmp_path)

    assert at(tmp_path).equip(["ci", "ops"]) == {}
    assert files(tmp_path) == before


def test_a_client_gets_another_certificate_when_its_own_will_not_do(tmp_path: Path) -> None:
    at(tmp_path).equip(["ci"])
    client = tmp_path / "ca" / "clients" / "ci"

    assert at(tmp_path, later=25).lacking(["ci"])["ci"].startswith("it expires on ")
    (client / "key.pem").write_bytes(issuing.new_key())
    assert at(tmp_path).equip(["ci"]) == {"ci": "its key is another one"}
    (client / "key.pem").unlink()
    assert at(tmp_path).equip(["ci"]) == {"ci": "not found"}
    assert at(tmp_path).lacking(["ci"]) == {}


def test_a_new_authority_means_new_certificates(tmp_path: Path) -> None:
    at(tmp_path).issue(HOST, digest)
    at(tmp_path).equip(["ci"])
    for name in ("ca.pem", "ca-key.pem"):
        (tmp_path / "ca" / name).unlink()

    assert at(tmp_path).wanted(HOST) == "- new (it is of another authority)"
    assert at(tmp_path).equip(["ci"]) == {"ci": "it is of another authority"}


def test_runs_at_once_make_one_authority(tmp_path: Path) -> None:
    def run(number: int) -> tuple[bool, bytes]:
        authority = at(tmp_path)
        made = authority.issue(Subject("h{0}".format(number), ("h",)), digest)
        return authority.was_made_by_us, made["ca.pem"]

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        told = list(pool.map(run, range(8)))

    assert sum(made for made, _ca in told) == 1
    assert len({ca for _made, ca in told}) == 1


def test_a_key_that_a_killed_run_left_is_taken_up(tmp_path: Path) -> None:
    at(tmp_path).equip(["ci"])
    (tmp_path / "ca" / "ca.pem").unlink()
    key = (tmp_path / "ca" / "ca-key.pem").read_bytes()
    at(tmp_path).equip(["ci"])

    assert (tmp_path / "ca" / "ca-key.pem").read_bytes() == key


def readable(folder: Path) -> None:
    os.chmod(folder / "ca-key.pem", 0o640)


def rubbish(folder: Path) -> None:
    (folder / "ca.pem").write_text("rubbish")


def without_rights(folder: Path) -> None:
    own = Pair((folder / "ca.pem").read_bytes(), (folder / "ca-key.pem").read_bytes())
    (folder / "ca.pem").write_bytes(issuing.issue(own, Subject("x"), 30, NOW).certificate)


def another_key(folder: Path) -> None:
    (folder / "ca-key.pem").write_bytes(issuing.new_key())


def ending(folder: Path) -> None:
    key = (folder / "ca-key.pem").read_bytes()
    (folder / "ca.pem").write_bytes(issuing.new_authority(key, NOW - datetime.timedelta(days=3645)))


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (readable, "type: chmod 600 "),
        (rubbish, "it is no certificate in PEM"),
        (without_rights, "it isn't an authority's, which may sign"),
        (another_key, "it isn't the key of ca.pem"),
        (ending, "the authority itself ends on "),
    ],
)
def test_an_authority_that_can_not_issue_is_refused(
    tmp_path: Path, spoil: t.Callable[[Path], None], told: str
) -> None:
    at(tmp_path).equip(["ci"])
    spoil(tmp_path / "ca")

    with pytest.raises(Refused, match=told):
        at(tmp_path).check()


def test_what_would_be_issued_anew_at_each_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="accepted is less than valid_days"):
        at(tmp_path, valid=30, before=30).check()


def test_an_authority_of_the_users_own_is_used(tmp_path: Path) -> None:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    (tmp_path / "ca").mkdir()
    (tmp_path / "ca" / "ca.pem").write_bytes(issuing.new_authority(key, NOW))
    (tmp_path / "ca" / "ca-key.pem").write_bytes(key)
    os.chmod(tmp_path / "ca" / "ca-key.pem", 0o600)
    made = at(tmp_path).issue(HOST, digest)

    assert certificates.belong(Pair(made["cert.pem"], made["key.pem"]))
    assert not at(tmp_path).wanted(HOST).startswith("-")


def test_a_key_that_is_kept_elsewhere_is_missed_only_when_something_is_to_be_issued(
    tmp_path: Path,
) -> None:
    at(tmp_path).equip(["ci"])
    (tmp_path / "ca" / "ca-key.pem").unlink()

    at(tmp_path).check()
    assert at(tmp_path).equip(["ci"]) == {}
    with pytest.raises(Refused, match="there is none, so nothing can be issued"):
        at(tmp_path).equip(["ops"])
