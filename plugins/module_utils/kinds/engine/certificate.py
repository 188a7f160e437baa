# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The certificate of the engine's API, in slots: a new one never lies where the old one does."""

from __future__ import annotations

import hashlib
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.field import (
    Codec,
    Effect,
    Field,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step

NAME = "certificate"
PARCEL = "remote-api-certificate"
ROOT, FOLDER = "/etc/docker", "slipway-tls"
FILES = {"ca.pem": 0o644, "cert.pem": 0o644, "key.pem": 0o600}
KEY = "key.pem"
# One that is used, one that a killed run wants to go back to, and one for what comes.
SLOTS = ("a", "b", "c")
FOR_OTHERS = 0o077
SHOWN = 12


def same(expected: str | None, found: str | None) -> bool:
    """Whether the host has what is wanted, by its digest alone."""
    return (expected or "").partition(" ")[0] == (found or "")


def show(value: str) -> str:
    """Why a certificate is wanted, or, of one that is there, the beginning of its digest."""
    return value.partition(" ")[2] or value[:SHOWN]


# Wanted is the digest of what was issued last, `-` for one that is still to be, and why it has to come.
FIELD = Field(
    NAME,
    Codec({"type": "str"}, show=show),
    match=same,
    effect=Effect.RESTART,
)


def digest(contents: t.Mapping[str, bytes]) -> str:
    """What tells one set of files from another; of the key it tells nothing."""
    return hashlib.sha256(b"\0".join(contents[name] for name in FILES)).hexdigest()


def directory(slot: str) -> str:
    """Where a slot's files are."""
    return "{0}/{1}/{2}".format(ROOT, FOLDER, slot)


def look(outside: t.Any) -> dict[str, str]:
    """The slots that hold anything, by the digest of it; nothing for one that isn't whole and safe."""
    return {slot: _digest(outside, slot) for slot in SLOTS if outside.exists(directory(slot))}


def bring(outside: t.Any, step: Step) -> None:
    """Put what came from the controller into a free slot."""
    (slot,) = step.payload["slots"]
    outside.machine.empty(directory(slot))
    with outside.parcels.open(PARCEL) as archive:
        outside.trees.unpack(directory(slot), archive, "")


def discard(outside: t.Any, step: Step) -> None:
    """Take the slots of a step away."""
    take_away(outside, step.payload["slots"])


def take_away(outside: t.Any, slots: t.Iterable[str]) -> None:
    """Take slots away, and their folder with the last of them."""
    for slot in slots:
        outside.machine.empty(directory(slot))
    outside.trees.remove(ROOT, [FOLDER])


def _digest(outside: t.Any, slot: str) -> str:
    at = directory(slot)
    found = {name: outside.read_bytes("{0}/{1}".format(at, name)) for name in FILES}
    contents = {name: data for name, data in found.items() if data is not None}
    mode = outside.mode_of("{0}/{1}".format(at, KEY)) or 0
    return digest(contents) if len(contents) == len(FILES) and not mode & FOR_OTHERS else ""
