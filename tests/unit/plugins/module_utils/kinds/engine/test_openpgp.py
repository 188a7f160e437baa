# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys that GnuPG made, read as GnuPG reads them; and files that are no one key."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import openpgp

KEYS = Path(__file__).parent / "keys"
ONE = "5A496101546494812937C360EF9E3A730BF6E087"
TWO = "726F3756BE3B9190072CDF66F45F3FAAE0CE0205"


def packets(name: str) -> bytes:
    return openpgp.dearmored((KEYS / name).read_bytes())


@pytest.mark.parametrize(("name", "expected"), [("one.asc", ONE), ("two.asc", TWO)])
def test_a_key_has_the_fingerprint_that_gnupg_tells(name: str, expected: str) -> None:
    assert openpgp.fingerprint(packets(name)) == expected


def test_what_is_written_is_what_gnupg_writes() -> None:
    assert openpgp.armored(packets("one.asc")) == (KEYS / "one.asc").read_text()


def test_a_binary_file_is_the_same_key() -> None:
    assert openpgp.dearmored(packets("one.asc")) == packets("one.asc")


def test_headers_and_windows_lines_are_no_hindrance() -> None:
    text = (KEYS / "one.asc").read_text().replace("BLOCK-----\n\n", "BLOCK-----\nComment: x\n\n", 1)

    assert openpgp.dearmored(text.replace("\n", "\r\n").encode()) == packets("one.asc")


def test_packets_of_the_older_form_are_read() -> None:
    body = b"\x04" + bytes(299)
    old = b"\x99" + len(body).to_bytes(2, "big") + body
    new = b"\xc6" + bytes([192 + ((len(body) - 192) >> 8), (len(body) - 192) & 0xFF]) + body
    long = b"\xc6\xff" + len(body).to_bytes(4, "big") + body

    assert openpgp.fingerprint(old) == openpgp.fingerprint(new) == openpgp.fingerprint(long)


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (packets("one.asc") + packets("two.asc"), "it holds 2 primary keys"),
        (b"\xc5\x01\x04" + packets("one.asc"), "it holds a secret key"),
        (b"\xc2\x01\x04", "it holds 0 primary keys"),
        (b"\xc2\x01\x04" + packets("one.asc"), "it holds 1 primary keys"),
        (b"\xc6\x01\x06", "not of version 4"),
        (packets("one.asc")[:-1], "cut off"),
        (b"\xc6\xe1\x04", "in pieces"),
        (b"\x9b\x04", "not said"),
        (b"\xc6\x01\x04html", "no OpenPGP key"),
        (b"", "it holds 0 primary keys"),
    ],
)
def test_what_is_not_exactly_one_key_is_refused(data: bytes, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        openpgp.fingerprint(data)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("<html>404</html>", "0 blocks"),
        ((KEYS / "one.asc").read_text() * 2, "2 blocks"),
        ((KEYS / "one.asc").read_text().replace("mDME", "m?ME"), "armor is broken"),
    ],
)
def test_what_is_no_armored_key_is_refused(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        openpgp.dearmored(text.encode())
