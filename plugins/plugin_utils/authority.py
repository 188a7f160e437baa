# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The authority on the controller: a directory with its key, and with what it has issued."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import fcntl
import os
import typing as t
import urllib.parse

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError, Refused
from ansible_collections.slipway.docker.plugins.module_utils.outside.files import (
    mode_of,
    read_bytes,
    write_atomically,
)
from ansible_collections.slipway.docker.plugins.plugin_utils import certificates, issuing
from ansible_collections.slipway.docker.plugins.plugin_utils.certificates import Pair, Subject

CERTIFICATE, KEY, LOCK = "ca.pem", "ca-key.pem", ".lock"
CLIENT_FILES = {"ca.pem": 0o644, "cert.pem": 0o644, "key.pem": 0o600}
FOR_OTHERS = 0o077
ISSUED = "# What the host holds: "


@dataclasses.dataclass(frozen=True)
class Term:
    """How long what is issued holds, and how long before its end it is issued anew, in days."""

    valid: int
    renew_before: int


@dataclasses.dataclass(frozen=True)
class Kept:
    """What was issued last for a host: the digest of the files that it got, and the public part."""

    digest: str
    certificate: bytes


class Authority:
    """A directory; looking at it makes nothing, and what is made is made by one run at a time.

    ``now``: the time, in UTC.
    """

    def __init__(self, directory: str, term: Term, now: datetime.datetime) -> None:
        self.directory, self.term, self.now = directory, term, now
        self.was_made_by_us = False

    def check(self) -> None:
        """Refuse an authority that can't issue, or that would issue anew at each run."""
        self._check_term()
        if self.certificate:
            self._check_certificate(self.certificate)
        self._check_key()

    @property
    def certificate(self) -> bytes | None:
        """The authority's own certificate, if it was made."""
        return read_bytes(self._path(CERTIFICATE))

    def wanted(self, host: Subject) -> str:
        """What the host is to have: the digest of what was issued last, or `-`, and why it isn't there."""
        kept = self._kept(host.name)
        if kept is None:
            return "- new (none was issued yet)"
        reason = self._unfit(kept.certificate, host)
        return (
            "- new ({0})".format(reason)
            if reason
            else "{0} new (it isn't the one that was issued last)".format(kept.digest)
        )

    def issue(
        self, host: Subject, digest: t.Callable[[t.Mapping[str, bytes]], str]
    ) -> dict[str, bytes]:
        """New files for a host, of which the key isn't kept."""
        with self._alone():
            made = self._issue(host)
            files = {
                "ca.pem": self._own().certificate, "cert.pem": made.certificate, "key.pem": made.key,
            }  # fmt: skip
            kept = "{0}{1}\n".format(ISSUED, digest(files)).encode() + made.certificate
            self._write(self._host(host.name), kept)
        return files

    def lacking(self, clients: t.Iterable[str]) -> dict[str, str]:
        """The clients that need a certificate, and why."""
        reasons = {name: self._unfit_client(name) for name in dict.fromkeys(clients)}
        return {name: reason for name, reason in reasons.items() if reason}

    def equip(self, clients: t.Iterable[str]) -> dict[str, str]:
        """Issue certificates for the clients that need one; returns them, and why."""
        if not self.lacking(clients):
            return {}
        with self._alone():
            # Another run may have done it meanwhile.
            lacking = self.lacking(clients)
            for name in lacking:
                made = self._issue(Subject(name))
                contents = (self._own().certificate, made.certificate, made.key)
                for file, data in zip(CLIENT_FILES, contents):
                    self._write(os.path.join(self.client(name), file), data, CLIENT_FILES[file])
        return lacking

    def client(self, name: str) -> str:
        """The directory of a client, as DOCKER_CERT_PATH wants it."""
        return self._path("clients", urllib.parse.quote(name, safe=""))

    def _issue(self, subject: Subject) -> Pair:
        return issuing.issue(self._own(), subject, self.term.valid, self.now)

    def _own(self) -> Pair:
        key = read_bytes(self._path(KEY))
        found = self.certificate
        if found and not key:
            problem = "there is none, so nothing can be issued"
            raise Refused(self._path(KEY), problem, "bring it back, or move ca.pem away")
        if not found:
            # A key that a killed run left is as good as a new one.
            key = key or self._write(self._path(KEY), issuing.new_key(), 0o600)
            found = issuing.new_authority(key, self.now)
            self._write(self._path(CERTIFICATE), found)
            self.was_made_by_us = True
        return Pair(found, t.cast(bytes, key))

    def _check_term(self) -> None:
        if self.term.renew_before >= self.term.valid:
            found = "found {0}, with certificates for {1} days".format(
                self.term.renew_before, self.term.valid
            )
            where = "engine docker.remote_api.renew_before_days"
            raise InputError(where, found, "accepted is less than valid_days")

    def _check_certificate(self, found: bytes) -> None:
        at = self._path(CERTIFICATE)
        try:
            ends, may_sign = certificates.expiry(found), certificates.may_sign(found)
        except ValueError:
            raise Refused(at, "it is no certificate in PEM") from None
        if not may_sign:
            raise Refused(at, "it isn't an authority's, which may sign")
        # What it issues lasts whole days, and no longer than itself.
        if ends - self.now <= datetime.timedelta(days=self.term.renew_before + 1):
            problem = "the authority itself ends on {0:%Y-%m-%d}".format(ends)
            hint = "move its two files away for a new one; its clients get new certificates"
            raise Refused(at, problem, hint)

    def _check_key(self) -> None:
        at = self._path(KEY)
        key, found = read_bytes(at), self.certificate
        if (mode_of(at) or 0) & FOR_OTHERS:
            raise Refused(at, "others can read it", "type: chmod 600 {0}".format(at))
        # One that is kept elsewhere is missed only when something is to be issued.
        if key and found and not certificates.belong(Pair(found, key)):
            problem = "it isn't the key of {0}".format(CERTIFICATE)
            raise Refused(at, problem, "accepted is that key in PEM, without a password")

    def _kept(self, host: str) -> Kept | None:
        head, _end, certificate = (read_bytes(self._host(host)) or b"").partition(b"\n")
        digest = head.decode("ascii", "replace")
        is_ours = digest.startswith(ISSUED) and bool(certificate)
        return Kept(digest[len(ISSUED) :], certificate) if is_ours else None

    def _unfit(self, certificate: bytes, subject: Subject) -> str:
        before = self.term.renew_before
        return certificates.unfit(certificate, self.certificate, subject, before, self.now)

    def _unfit_client(self, name: str) -> str:
        read = [read_bytes(os.path.join(self.client(name), file)) for file in CLIENT_FILES]
        authority, certificate, key = read
        if not (authority and certificate and key):
            return "not found"
        if authority != self.certificate:
            return "it is of another authority"
        if not certificates.belong(Pair(certificate, key)):
            return "its key is another one"
        return self._unfit(certificate, Subject(name))

    def _host(self, name: str) -> str:
        return self._path("hosts", urllib.parse.quote(name, safe="") + ".pem")

    def _path(self, *parts: str) -> str:
        return os.path.join(self.directory, *parts)

    def _write(self, path: str, data: bytes, mode: int = 0o644) -> bytes:
        write_atomically(path, data, mode)
        return data

    @contextlib.contextmanager
    def _alone(self) -> t.Iterator[None]:
        os.makedirs(self.directory, mode=0o700, exist_ok=True)
        with open(self._path(LOCK), "a", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield
