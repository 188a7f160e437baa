# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OpenPGP keys as files: read, written, and told apart by their fingerprint."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import typing as t

BEGIN = "-----BEGIN PGP PUBLIC KEY BLOCK-----"
END = "-----END PGP PUBLIC KEY BLOCK-----"
BLOCK = re.compile("{0}[ \t]*\r?\n(.*?){1}".format(BEGIN, END), re.DOTALL)
LINE = 64
PUBLIC_KEY, SECRET_KEYS = 6, frozenset({5, 7})
CRC_START, CRC_POLYNOMIAL, CRC_BITS = 0xB704CE, 0x1864CFB, 0xFFFFFF
VERSION = 4


def dearmored(data: bytes) -> bytes:
    """The packets of a key, from an armored or a binary file; a ValueError says what is wrong."""
    text = data.decode("latin-1")
    if data[:1] >= b"\x80":
        return data
    blocks = BLOCK.findall(text)
    if len(blocks) != 1:
        raise ValueError("it holds {0} blocks of an OpenPGP public key".format(len(blocks)))
    # Headers end with an empty line, and the checksum begins with "=".
    lines = [line.strip() for line in blocks[0].splitlines()]
    start = lines.index("") + 1 if "" in lines else 0
    body = [line for line in lines[start:] if line and not line.startswith("=")]
    try:
        return base64.b64decode("".join(body), validate=True)
    except binascii.Error:
        raise ValueError("its armor is broken") from None


def armored(packets: bytes) -> str:
    """The text of a file that holds these packets and nothing else."""
    body = base64.b64encode(packets).decode()
    lines = [body[start : start + LINE] for start in range(0, len(body), LINE)]
    checksum = base64.b64encode(_crc(packets).to_bytes(3, "big")).decode()
    return "\n".join([BEGIN, "", *lines, "=" + checksum, END, ""])


def fingerprint(packets: bytes) -> str:
    """The fingerprint of the one key that these packets are; a ValueError where there isn't one."""
    found = list(_split(packets))
    if any(tag in SECRET_KEYS for tag, _body in found):
        raise ValueError("it holds a secret key")
    keys = [body for tag, body in found if tag == PUBLIC_KEY]
    if len(keys) != 1 or found[0][0] != PUBLIC_KEY:
        raise ValueError("it holds {0} primary keys, not one".format(len(keys)))
    if keys[0][:1] != bytes([VERSION]):
        raise ValueError("its key is not of version {0}".format(VERSION))
    head = b"\x99" + len(keys[0]).to_bytes(2, "big")
    return hashlib.sha1(head + keys[0]).hexdigest().upper()


def _split(packets: bytes) -> t.Iterator[tuple[int, bytes]]:
    """Each packet's tag and body."""
    at = 0
    while at < len(packets):
        tag, start, end = _head(packets, at)
        if end > len(packets):
            raise ValueError("it is cut off")
        yield tag, packets[start:end]
        at = end


def _head(packets: bytes, at: int) -> tuple[int, int, int]:
    """A packet's tag, and where its body starts and ends."""
    first = packets[at]
    if not first & 0x80:
        raise ValueError("it is no OpenPGP key")
    octets = packets[at + 1 : at + 6] + bytes(5)
    if first & 0x40:
        tag, (width, length) = first & 0x3F, _new_length(octets)
    else:
        tag, (width, length) = (first >> 2) & 0x0F, _old_length(first & 3, octets)
    start = at + 1 + width
    return tag, start, start + length


def _new_length(octets: bytes) -> tuple[int, int]:
    if octets[0] < 192:
        return 1, octets[0]
    if octets[0] < 224:
        return 2, ((octets[0] - 192) << 8) + octets[1] + 192
    if octets[0] == 255:
        return 5, int.from_bytes(octets[1:5], "big")
    raise ValueError("it comes in pieces")


def _old_length(kind: int, octets: bytes) -> tuple[int, int]:
    if kind == 3:
        raise ValueError("its length is not said")
    width = 1 << kind
    return width, int.from_bytes(octets[:width], "big")


def _crc(data: bytes) -> int:
    crc = CRC_START
    for octet in data:
        crc ^= octet << 16
        for _bit in range(8):
            crc <<= 1
            crc ^= CRC_POLYNOMIAL if crc & 0x1000000 else 0
    return crc & CRC_BITS
