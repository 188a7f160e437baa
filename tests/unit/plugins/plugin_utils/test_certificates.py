# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates: what is issued is what a client or a server can show, and is judged by what it says."""

from __future__ import annotations

import datetime
import ssl
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from ansible_collections.slipway.docker.plugins.plugin_utils.certificates import (
    Pair,
    Subject,
    belong,
    expiry,
    is_name,
    unfit,
)
from ansible_collections.slipway.docker.plugins.plugin_utils.issuing import (
    issue,
    new_authority,
    new_key,
)

NOW = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
SERVER = Subject("web1", ("web1", "10.0.0.5", "fd00:0::1"))
CLIENT = Subject("ci")


def authority(now: datetime.datetime = NOW) -> Pair:
    key = new_key()
    return Pair(new_authority(key, now), key)


def days(number: float) -> datetime.timedelta:
    return datetime.timedelta(days=number)


@pytest.fixture(scope="module")
def ours() -> Pair:
    return authority()


def test_a_server_has_its_names_and_a_client_none(ours: Pair) -> None:
    server = x509.load_pem_x509_certificate(issue(ours, SERVER, 30, NOW).certificate)
    client = x509.load_pem_x509_certificate(issue(ours, CLIENT, 30, NOW).certificate)
    usage = x509.ExtendedKeyUsage

    names = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(name.value) for name in names] == ["web1", "10.0.0.5", "fd00::1"]
    assert list(server.extensions.get_extension_for_class(usage).value) == [
        ExtendedKeyUsageOID.SERVER_AUTH
    ]
    assert list(client.extensions.get_extension_for_class(usage).value) == [
        ExtendedKeyUsageOID.CLIENT_AUTH
    ]
    with pytest.raises(x509.ExtensionNotFound):
        client.extensions.get_extension_for_class(x509.SubjectAlternativeName)


def handshake(server: Pair, trusted: bytes, name: str, client: Pair, folder: Path) -> None:
    """A handshake in memory, each side checking the other."""
    sides = {"server": server, "client": client}
    contexts = {
        "server": ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cadata=trusted.decode()),
        "client": ssl.create_default_context(cadata=trusted.decode()),
    }
    contexts["server"].verify_mode = ssl.CERT_REQUIRED
    for side, pair in sides.items():
        (folder / side).write_bytes(pair.certificate + pair.key)
        contexts[side].load_cert_chain(folder / side)
        contexts[side].verify_flags |= ssl.VERIFY_X509_STRICT
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    far = contexts["server"].wrap_bio(up, down, server_side=True)
    near = contexts["client"].wrap_bio(down, up, server_hostname=name)
    for _flight in range(3):
        for end in (near, far):
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue


@pytest.mark.parametrize("name", ["web1", "10.0.0.5", "fd00::1"])
def test_both_sides_are_taken_for_who_they_are(ours: Pair, name: str, tmp_path: Path) -> None:
    server, client = issue(ours, SERVER, 30, NOW), issue(ours, CLIENT, 30, NOW)

    handshake(server, ours.certificate, name, client, tmp_path)


def test_a_wrong_name_a_servers_certificate_and_another_authoritys_are_not_taken(
    ours: Pair, tmp_path: Path
) -> None:
    server, client = issue(ours, SERVER, 30, NOW), issue(ours, CLIENT, 30, NOW)
    stranger = issue(authority(), CLIENT, 30, NOW)

    with pytest.raises(ssl.SSLError, match="Hostname mismatch"):
        handshake(server, ours.certificate, "web2", client, tmp_path)
    with pytest.raises(ssl.SSLError, match="certificate purpose|unsuitable"):
        handshake(server, ours.certificate, "web1", server, tmp_path)
    with pytest.raises(ssl.SSLError, match="verify failed"):
        handshake(server, ours.certificate, "web1", stranger, tmp_path)


def test_a_certificate_will_do_until_it_ends_soon(ours: Pair) -> None:
    made = issue(ours, SERVER, 30, NOW).certificate

    assert unfit(made, ours.certificate, SERVER, 10, NOW) == ""
    assert unfit(made, ours.certificate, SERVER, 10, NOW + days(19.9)) == ""
    soon = unfit(made, ours.certificate, SERVER, 10, NOW + days(20))
    assert soon == "it expires on {0:%Y-%m-%d}".format(NOW + days(30))


def test_it_will_not_do_for_other_names_or_by_another_authority(ours: Pair) -> None:
    made = issue(ours, SERVER, 30, NOW).certificate
    others = Subject("web1", ("web1", "10.0.0.6"))
    same = Subject("web1", ("fd00::1", "10.0.0.5", "web1"))

    assert unfit(made, ours.certificate, same, 10, NOW) == ""
    assert (
        unfit(made, ours.certificate, others, 10, NOW) == "its names were web1, 10.0.0.5, fd00::1"
    )
    assert unfit(made, authority().certificate, SERVER, 10, NOW) == "it is of another authority"
    assert unfit(made, None, SERVER, 10, NOW) == "it is of another authority"
    assert unfit(b"rubbish", ours.certificate, SERVER, 10, NOW) == "it can't be read"


def test_nothing_outlives_its_authority() -> None:
    old = authority(NOW - days(3650 - 100))

    assert expiry(issue(old, SERVER, 365, NOW).certificate) <= expiry(old.certificate)


def test_a_certificate_knows_its_key(ours: Pair) -> None:
    one, other = issue(ours, CLIENT, 30, NOW), issue(ours, CLIENT, 30, NOW)

    assert belong(one)
    assert not belong(Pair(one.certificate, other.key))
    assert not belong(Pair(one.certificate, b"rubbish"))
    assert not belong(Pair(b"rubbish", one.key))
    assert "PRIVATE" not in repr(one)


@pytest.mark.parametrize(
    "name", ["web1", "a_b.example.org", "*.example.org", "10.0.0.5", "fd00::1"]
)
def test_names_that_a_certificate_can_bear(name: str) -> None:
    assert is_name(name)


@pytest.mark.parametrize("name", ["", "a b", "ü.example.org", "a/b", "web1:2376", "x" * 254, "-"])
def test_names_that_it_can_not(name: str) -> None:
    assert not is_name(name)
