# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates as they are read and judged: texts in, and no file is touched.

`cryptography` comes with ansible-core, and is imported only by who needs a certificate.
"""

from __future__ import annotations

import dataclasses
import datetime
import ipaddress
import re
import typing as t

if t.TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.types import (
        CertificateIssuerPrivateKeyTypes,
    )

DNS_NAME = re.compile(r"(\*\.)?[A-Za-z0-9_]([A-Za-z0-9_.-]{0,250}[A-Za-z0-9_])?\Z")


@dataclasses.dataclass(frozen=True)
class Pair:
    """A certificate and its private key, both PEM; never shown."""

    certificate: bytes = dataclasses.field(repr=False)
    key: bytes = dataclasses.field(repr=False)


@dataclasses.dataclass(frozen=True)
class Subject:
    """Whom a certificate is for; a server has names to be reached by, a client has none."""

    name: str
    names: tuple[str, ...] = ()

    @property
    def is_server(self) -> bool:
        return bool(self.names)


def unfit(
    certificate: bytes, authority: bytes | None, subject: Subject, days: int, now: datetime.datetime
) -> str:
    """Why a certificate won't do any longer, `days` from now; nothing where it will."""
    from cryptography import x509

    try:
        found, ends = x509.load_pem_x509_certificate(certificate), expiry(certificate)
    except ValueError:
        return "it can't be read"
    if authority is None or not _is_of(found, x509.load_pem_x509_certificate(authority)):
        return "it is of another authority"
    if set(_names(found)) != set(map(_canonical, subject.names)):
        return "its names were {0}".format(", ".join(_names(found)) or "none")
    if ends - now <= datetime.timedelta(days=days):
        return "it expires on {0:%Y-%m-%d}".format(ends)
    return ""


def expiry(certificate: bytes) -> datetime.datetime:
    """When a certificate ends."""
    from cryptography import x509

    found = x509.load_pem_x509_certificate(certificate)
    # Before cryptography 42 it is in UTC without saying so.
    ends: datetime.datetime | None = getattr(found, "not_valid_after_utc", None)
    return ends or found.not_valid_after.replace(tzinfo=datetime.timezone.utc)


def belong(pair: Pair) -> bool:
    """Whether a certificate is of this key; one that can't be read is none."""
    from cryptography import x509

    try:
        public = x509.load_pem_x509_certificate(pair.certificate).public_key()
        return _public_bytes(public) == _public_bytes(key_of(pair.key).public_key())
    except (ValueError, TypeError):
        return False


def may_sign(certificate: bytes) -> bool:
    """Whether a certificate is an authority's."""
    from cryptography import x509

    found = x509.load_pem_x509_certificate(certificate)
    said = _extension(found, x509.BasicConstraints)
    return bool(said and said.ca)


def is_name(name: str) -> bool:
    """Whether a certificate can bear it: a DNS name or an IP address."""
    return bool(DNS_NAME.match(name)) or address(name) is not None


def address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The IP address that a name is, if it is one."""
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def key_of(pem: bytes) -> CertificateIssuerPrivateKeyTypes:
    """A private key out of its text."""
    from cryptography.hazmat.primitives import serialization

    key = serialization.load_pem_private_key(pem, password=None)
    return t.cast("CertificateIssuerPrivateKeyTypes", key)


def issuer(parent: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    """How what an authority signs refers to its key."""
    from cryptography import x509

    of_key = x509.AuthorityKeyIdentifier
    said = _extension(parent, x509.SubjectKeyIdentifier)
    if said:
        return of_key.from_issuer_subject_key_identifier(said)
    return of_key.from_issuer_public_key(t.cast("t.Any", parent.public_key()))


def _is_of(found: x509.Certificate, parent: x509.Certificate) -> bool:
    from cryptography import x509

    said = _extension(found, x509.AuthorityKeyIdentifier)
    return found.issuer == parent.subject and bool(said == issuer(parent))


def _names(found: x509.Certificate) -> list[str]:
    from cryptography import x509

    return [str(name.value) for name in _extension(found, x509.SubjectAlternativeName) or ()]


def _extension(found: x509.Certificate, kind: t.Any) -> t.Any:
    from cryptography import x509

    try:
        return found.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _canonical(name: str) -> str:
    return str(address(name) or name)


def _public_bytes(key: t.Any) -> bytes:
    from cryptography.hazmat.primitives import serialization

    plain = serialization.PublicFormat.SubjectPublicKeyInfo
    encoded: bytes = key.public_bytes(serialization.Encoding.DER, plain)
    return encoded
