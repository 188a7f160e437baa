# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys and certificates as they are made: texts in, texts out, and no file is touched."""

from __future__ import annotations

import datetime
import typing as t

from ansible_collections.slipway.docker.plugins.plugin_utils.certificates import (
    Pair,
    Subject,
    address,
    expiry,
    issuer,
    key_of,
)

if t.TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.types import (
        CertificateIssuerPrivateKeyTypes,
    )

AUTHORITY_DAYS = 3650
# A host's clock may be behind the controller's.
BACKDATED = datetime.timedelta(hours=1)
LONGEST_COMMON_NAME = 64


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

    signer = key_of(key)
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
    builder = _builder(_name(subject.name), parent.subject, key_of(key).public_key(), now, days)
    purpose = Usage.SERVER_AUTH if subject.is_server else Usage.CLIENT_AUTH
    plain = x509.BasicConstraints(ca=False, path_length=None)
    builder = builder.add_extension(plain, critical=True)
    builder = builder.add_extension(_usage(signs_certificates=False), critical=True)
    builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
    builder = builder.add_extension(issuer(parent), critical=False)
    if subject.is_server:
        names = x509.SubjectAlternativeName([_general(name) for name in subject.names])
        builder = builder.add_extension(names, critical=False)
    return Pair(_signed(builder, key_of(authority.key)), key)


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


def _general(name: str) -> x509.GeneralName:
    from cryptography import x509

    known = address(name)
    return x509.DNSName(name) if known is None else x509.IPAddress(known)
