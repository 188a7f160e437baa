# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an engine's remote API needs of the controller: a certificate for the host, some for clients."""

from __future__ import annotations

import datetime
import re
import typing as t

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import certificate
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.wanted import REMOTE_API
from ansible_collections.slipway.docker.plugins.plugin_utils import certificates
from ansible_collections.slipway.docker.plugins.plugin_utils.authority import Authority, Term
from ansible_collections.slipway.docker.plugins.plugin_utils.certificates import Subject

WHERE = "engine docker.remote_api"
# It names a directory.
CLIENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]*\Z")
ANYWHERE = ("0.0.0.0", "::")
Files = t.Mapping[str, t.Tuple[bytes, int]]


def read(options: t.Any) -> dict[str, t.Any]:
    """The option as the module reads it, with its defaults."""
    spec = {"remote_api": {"type": "dict", "options": REMOTE_API}}
    result = ArgumentSpecValidator(spec).validate({"remote_api": options})
    if result.error_messages:
        raise InputError(WHERE, result.error_messages[0])
    return t.cast("dict[str, t.Any]", result.validated_parameters["remote_api"])


class RemoteAccess:
    """The access to one host.

    ``host``: its name; ``known_as``: what it is reached by; ``directory``: the authority's.
    """

    def __init__(
        self, options: t.Mapping[str, t.Any], host: str, known_as: t.Sequence[str], directory: str
    ) -> None:
        self.clients = _clients(options["clients"])
        self.subject = Subject(host, _names(options, known_as))
        term = Term(options["valid_days"], options["renew_before_days"])
        now = datetime.datetime.now(datetime.timezone.utc)
        self.authority = Authority(directory, term, now)
        self.authority.check()

    @property
    def certificate(self) -> str:
        """The certificate that the host is to have, as the module takes it."""
        return self.authority.wanted(self.subject)

    def issue(self) -> Files:
        """New files for the host, with their permissions."""
        made = self.authority.issue(self.subject, certificate.digest)
        return {name: (made[name], mode) for name, mode in certificate.FILES.items()}

    def equip(self, check_mode: bool) -> list[str]:
        """Have certificates for the clients; returns what was done, or in check mode would be."""
        authority = self.authority
        lacking = authority.lacking if check_mode else authority.equip
        told = lacking(self.clients).items()
        is_made = not authority.certificate if check_mode else authority.was_made_by_us
        return [
            *(["make authority {0}: not found".format(authority.directory)] if is_made else []),
            *("issue client certificate {0}: {1}".format(name, reason) for name, reason in told),
        ]

    def told(self) -> dict[str, t.Any]:
        """What users need to know in order to get in."""
        return {
            "names": list(self.subject.names),
            "ca": self.authority.directory,
            "clients": {name: self.authority.client(name) for name in self.clients},
        }


def _names(options: t.Mapping[str, t.Any], known_as: t.Sequence[str]) -> tuple[str, ...]:
    address = options["address"].strip("[]")
    own = () if address in ANYWHERE else (address,)
    names = tuple(dict.fromkeys([*(options["names"] or known_as), *own]))
    for name in names:
        if not certificates.is_name(name):
            raise InputError(
                WHERE + ".names",
                "found {0!r}".format(name),
                "accepted are DNS names and IP addresses, by which clients reach the host",
            )
    return names


def _clients(names: t.Sequence[str]) -> list[str]:
    for name in names:
        if not CLIENT.match(name):
            raise InputError(
                WHERE + ".clients",
                "found {0!r}".format(name),
                "accepted are letters, digits and any of _ . @ - after the first",
            )
    return list(names)
