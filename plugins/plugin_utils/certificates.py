# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Certificates as they are made and judged: texts in, texts out, and no file is touched.

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

AUTHORITY_DAYS = 3650
# A host's clock may be behind the controller's.
BACKDATED = datetime.timedelta(hours=1)
DNS_NAME = re.compile(r"(\*\.)?[A-Za-z0-9_]([A-Za-z0-9_.-]{0,250}[A-Za-z0-9_])?\Z")
LONGEST_COMMON_NAME = 64


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


def new_key() -> bytes:
    """A private key."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def new_authority(key: bytes, now: datetime.datetime) -> bytes:
    """The certificate of an authority that signs itself and servers and clients, and no other authority."""
    from cryptography import x509

    signer = _key(key)
    name = _name("Slipway, remote API of Docker engines, {0:%Y-%m-%d}".format(now))
    builder = _builder(name, name, signer.public_key(), now, AUTHORITY_DAYS)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage(signs_certificates=True), critical=True)
    return _signed(builder, signer)


def issue(authority: Pair, subject: Subject, days: int, now: datetime.datetime) -> Pair:
    """A certificate for a key of its own, valid no longer than its authority."""
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID as Usage

    parent, key = x509.load_pem_x509_certificate(authority.certificate), new_key()
    days = min(days, (expiry(authority.certificate) - now).days)
    builder = _builder(_name(subject.name), parent.subject, _key(key).public_key(), now, days)
    purpose = Usage.SERVER_AUTH if subject.is_server else Usage.CLIENT_AUTH
    plain = x509.BasicConstraints(ca=False, path_length=None)
    builder = builder.add_extension(plain, critical=True)
    builder = builder.add_extension(_usage(signs_certificates=False), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
    builder = builder.add_extension(_issuer(parent), critical=False)
    if subject.is_server:
        names = x509.SubjectAlternativeName([_general(name) for name in subject.names])
        builder = builder.add_extension(names, critical=False)
    return Pair(_signed(builder, _key(authority.key)), key)


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
    """Whether a certificate is of this key."""
    from cryptography import x509

    public = x509.load_pem_x509_certificate(pair.certificate).public_key()
    return _public_bytes(public) == _public_bytes(_key(pair.key).public_key())


def is_name(name: str) -> bool:
    """Whether a certificate can bear it: a DNS name or an IP address."""
    return bool(DNS_NAME.match(name)) or _address(name) is not None


def _key(pem: bytes) -> CertificateIssuerPrivateKeyTypes:
    from cryptography.hazmat.primitives import serialization

    return t.cast(
        "CertificateIssuerPrivateKeyTypes", serialization.load_pem_private_key(pem, password=None)
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, public: t.Any, now: datetime.datetime, days: int
) -> x509.CertificateBuilder:
    from cryptography import x509

    return x509.CertificateBuilder(
        issuer, subject, public, x509.random_serial_number(),
        now - BACKDATED, now + datetime.timedelta(days=days),
    ).add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)  # fmt: skip


def _signed(builder: x509.CertificateBuilder, key: CertificateIssuerPrivateKeyTypes) -> bytes:
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    # Other keys, such as Ed25519, bring their own.
    takes_hash = isinstance(key, (ec.EllipticCurvePrivateKey, rsa.RSAPrivateKey))
    made = builder.sign(key, hashes.SHA256() if takes_hash else None)
    return made.public_bytes(serialization.Encoding.PEM)


def _name(common: str) -> x509.Name:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common[:LONGEST_COMMON_NAME])])


def _usage(signs_certificates: bool) -> x509.KeyUsage:
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _issuer(parent: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    from cryptography import x509

    try:
        known = parent.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    except x509.ExtensionNotFound:
        return x509.AuthorityKeyIdentifier.from_issuer_public_key(
            t.cast("t.Any", parent.public_key())
        )
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(known)


def _is_of(found: x509.Certificate, parent: x509.Certificate) -> bool:
    from cryptography import x509

    try:
        said = found.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    except x509.ExtensionNotFound:
        return False
    return found.issuer == parent.subject and said == _issuer(parent)


def _names(found: x509.Certificate) -> list[str]:
    from cryptography import x509

    try:
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return [str(name.value) for name in names]


def _canonical(name: str) -> str:
    address = _address(name)
    return name if address is None else str(address)


def _general(name: str) -> x509.GeneralName:
    from cryptography import x509

    address = _address(name)
    return x509.DNSName(name) if address is None else x509.IPAddress(address)


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _public_bytes(key: t.Any) -> bytes:
    from cryptography.hazmat.primitives import serialization

    plain = serialization.PublicFormat.SubjectPublicKeyInfo
    encoded: bytes = key.public_bytes(serialization.Encoding.DER, plain)
    return encoded
