# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parcels: the content that came along from the controller, in one archive with a member a digest."""

from __future__ import annotations

import tarfile
import tempfile
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import SlipwayError

SUFFIX = ".tar"


class Parcels:
    """The parcels in an archive, or none."""

    def __init__(self, path: str | None) -> None:
        self._path = path
        self.digests = frozenset(_names(path)) if path else frozenset()

    def open(self, digest: str) -> t.IO[bytes]:
        """A plain tar archive of the tree with this digest, to read from its start and again."""
        if not self._path or digest not in self.digests:
            raise SlipwayError(
                "parcel {0}".format(digest[:12]), "it did not come along", "run the playbook again"
            )
        # Whoever opens a parcel closes it.
        spool: t.IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
        with tarfile.open(self._path) as archive:
            content = t.cast(t.IO[bytes], archive.extractfile(digest + SUFFIX))
            for chunk in iter(lambda: content.read(1 << 20), b""):
                spool.write(chunk)
        spool.seek(0)
        return spool


def _names(path: str) -> t.Iterator[str]:
    with tarfile.open(path) as archive:
        for name in archive.getnames():
            yield name[: -len(SUFFIX)]
