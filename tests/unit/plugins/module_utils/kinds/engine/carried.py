# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What comes along from the controller: a certificate, which lands among a machine's files."""

from __future__ import annotations

import io
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.certificate import (
    FILES,
    digest,
)


def contents(issue: str) -> dict[str, bytes]:
    """The files of an issue."""
    return {name: "{0} of {1}".format(name, issue).encode() for name in FILES}


def issued(issue: str) -> str:
    """The digest of an issue."""
    return digest(contents(issue))


class Carried:
    """The parcels and the trees of a machine; `issue` is what the controller has issued."""

    digests = frozenset({"remote-api-certificate"})

    def __init__(self, machine: t.Any, issue: str) -> None:
        self.machine, self.issue = machine, issue

    def open(self, _name: str) -> t.IO[bytes]:
        return io.BytesIO(self.issue.encode())

    def unpack(self, root: str, archive: t.IO[bytes], _owner: str) -> None:
        for name, data in contents(archive.read().decode()).items():
            self.machine.write("{0}/{1}".format(root, name), data, FILES[name])

    def remove(self, root: str, paths: t.Sequence[str]) -> None:
        """Folders come and go with their files."""
