# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that modules share, as their argument specs; the action plugins read them as well."""

from __future__ import annotations

import os
import typing as t

from ansible.module_utils.basic import env_fallback

from ansible_collections.slipway.docker.plugins.module_utils.core.field import Effect
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import ALLOWED_BY_DEFAULT
from ansible_collections.slipway.docker.plugins.module_utils.core.units import ROLLBACK, STOP


def certificate(name: str) -> str:
    """A file in the directory where Docker's own client looks for certificates."""
    return os.path.join(env_fallback("DOCKER_CERT_PATH"), name)


CONNECTION: dict[str, t.Any] = {
    "docker_host": {
        "type": "str",
        "default": "unix:///var/run/docker.sock",
        "aliases": ["docker_url"],
        "fallback": (env_fallback, ["DOCKER_HOST"]),
    },
    "api_version": {
        "type": "str",
        "default": "auto",
        "aliases": ["docker_api_version"],
        "fallback": (env_fallback, ["DOCKER_API_VERSION"]),
    },
    "timeout": {"type": "int", "default": 60, "fallback": (env_fallback, ["DOCKER_TIMEOUT"])},
    "tls": {"type": "bool", "default": False, "fallback": (env_fallback, ["DOCKER_TLS"])},
    "validate_certs": {
        "type": "bool",
        "default": False,
        "aliases": ["tls_verify"],
        "fallback": (env_fallback, ["DOCKER_TLS_VERIFY"]),
    },
    "tls_hostname": {"type": "str", "fallback": (env_fallback, ["DOCKER_TLS_HOSTNAME"])},
    "ca_path": {
        "type": "path",
        "aliases": ["ca_cert", "tls_ca_cert", "cacert_path"],
        "fallback": (certificate, ["ca.pem"]),
    },
    "client_cert": {
        "type": "path",
        "aliases": ["tls_client_cert", "cert_path"],
        "fallback": (certificate, ["cert.pem"]),
    },
    "client_key": {
        "type": "path",
        "aliases": ["tls_client_key", "key_path"],
        "fallback": (certificate, ["key.pem"]),
    },
}
COMMON: dict[str, t.Any] = {
    "consent": {
        "type": "list",
        "elements": "str",
        "default": list(ALLOWED_BY_DEFAULT),
        "choices": [str(effect) for effect in Effect],
    },
    "lock_timeout": {"type": "int", "default": 60},
}
# What the action plugin tells the module, and no user does: the identities that earlier tasks of
# a check mode run would have made, the plan that was saved, the archive with content from the controller, and what was seen
# of a host without Python (in check mode, and then the module runs on the controller).
INTERNAL: dict[str, t.Any] = {
    "_expected": {"type": "list", "elements": "str", "default": []},
    "_saved": {"type": "dict"},
    "_parcels": {"type": "path"},
    "_without_python": {"type": "list", "elements": "str", "default": []},
}
MANY: dict[str, t.Any] = {
    "resources": {"type": "list", "elements": "dict", "default": []},
    "project": {"type": "str", "default": ""},
    "labels": {"type": "dict", "default": {}},
    "orphans": {"type": "str", "choices": ["remove", "report"], "default": "report"},
    "workers": {"type": "int", "default": 16},
    "on_failure": {"type": "str", "choices": [STOP, ROLLBACK], "default": STOP},
}
