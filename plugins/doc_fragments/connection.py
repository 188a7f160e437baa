# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options by which a module reaches the engine."""

from __future__ import annotations


class ModuleDocFragment:
    """Connection options, with the names and environment variables that Docker's users know."""

    DOCUMENTATION = r"""
options:
  docker_host:
    description: URL of the engine. The environment variable E(DOCKER_HOST) of the host is used where this is not set.
    type: str
    default: unix:///var/run/docker.sock
    aliases: [docker_url]
  api_version:
    description: Version of the engine's API to speak; V(auto) is the newest that both sides know. Falls back to E(DOCKER_API_VERSION).
    type: str
    default: auto
    aliases: [docker_api_version]
  timeout:
    description: Seconds within which the engine has to answer a call. Falls back to E(DOCKER_TIMEOUT).
    type: int
    default: 60
  tls:
    description: Speak TLS without checking the engine's certificate. Falls back to E(DOCKER_TLS).
    type: bool
    default: false
  validate_certs:
    description: Speak TLS and check the engine's certificate. Falls back to E(DOCKER_TLS_VERIFY).
    type: bool
    default: false
    aliases: [tls_verify]
  tls_hostname:
    description: Name that the engine's certificate must bear. Falls back to E(DOCKER_TLS_HOSTNAME).
    type: str
  ca_path:
    description: File with the certificate of the authority that signed the engine's. Falls back to C(ca.pem) in E(DOCKER_CERT_PATH).
    type: path
    aliases: [ca_cert, tls_ca_cert, cacert_path]
  client_cert:
    description: File with the client's certificate. Falls back to C(cert.pem) in E(DOCKER_CERT_PATH).
    type: path
    aliases: [tls_client_cert, cert_path]
  client_key:
    description: File with the client's key. Falls back to C(key.pem) in E(DOCKER_CERT_PATH).
    type: path
    aliases: [tls_client_key, key_path]
requirements:
  - Docker SDK for Python (docker) on the host, which the role P(slipway.docker.engine#role) installs
"""
