# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a project names on the controller, and where it lies on the host."""

from __future__ import annotations

import os.path
import posixpath
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import ComposeError
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Resource

Manifest = t.Mapping[str, t.Any]


class Load(t.Protocol):
    """What takes content on the controller and tells its digest and entries."""

    def directory(self, path: str, ignore: t.Any = None) -> tuple[str, Manifest]:
        """Take a directory."""

    def file(self, path: str, mode: int | None = None) -> tuple[str, Manifest]:
        """Take a file."""

    def text(self, name: str, content: str, mode: int) -> tuple[str, Manifest]:
        """Take a text as a file."""

    def context(self, build: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
        """Take a build's context; returns the build with its recipe."""


class Carrier:
    """Collects the trees of a project while its services are read."""

    def __init__(self, project: t.Any, directory: str, in_place: bool, load: Load) -> None:
        self.project = project
        self.load = load
        self._directory = directory
        self._in_place = in_place
        self._trees: dict[str, Resource] = {}

    @property
    def trees(self) -> tuple[Resource, ...]:
        """The trees that the services need."""
        return tuple(self._trees.values())

    def bind(self, source: str) -> tuple[str, tuple[str, ...]]:
        """Where a bind mount's source lies on the host, and the identities that bring it there."""
        if self._in_place or not self._is_ours(source):
            return source, ()
        if os.path.isfile(source):
            return self.file(source)
        target = self._beside(source)
        if os.path.isdir(source):
            return target, (self._place(target, *self.load.directory(source)),)
        return target, ()

    def file(
        self, source: str, mode: int | None = None, owner: str = ""
    ) -> tuple[str, tuple[str, ...]]:
        """Where a file lies on the host: in a directory named after its content."""
        return self._place_file(os.path.basename(source), self.load.file(source, mode), owner)

    def text(
        self, name: str, content: str, mode: int, owner: str = ""
    ) -> tuple[str, tuple[str, ...]]:
        """The same for a text that stands in the Compose file or its environment."""
        return self._place_file(name, self.load.text(name, content, mode), owner)

    def _place_file(
        self, name: str, loaded: tuple[str, Manifest], owner: str
    ) -> tuple[str, tuple[str, ...]]:
        digest, entries = loaded
        # Two owners of one content are two files.
        suffix = "-" + owner.replace(":", "-") if owner else ""
        target = posixpath.join(self._directory, "files", digest[:16] + suffix)
        return posixpath.join(target, name), (self._place(target, digest, entries, owner),)

    def _place(self, target: str, digest: str, entries: Manifest, owner: str = "") -> str:
        fields = {"content": digest, **({"owner": owner} if owner else {})}
        options = {"manifest": dict(entries), "project": self.project.name}
        tree = Resource("tree", target, fields=fields, options=options)
        self._trees[target] = tree
        return tree.identity

    def _is_ours(self, source: str) -> bool:
        home = self.project.working_dir.rstrip("/") + "/"
        return (
            source + "/" == home
            or source.startswith(home)
            or source in getattr(self.project, "relative", ())
        )

    def _beside(self, source: str) -> str:
        relative = os.path.relpath(source, self.project.working_dir)
        return posixpath.normpath(
            posixpath.join(self._directory, "project", relative.replace("..", "_up"))
        )


def content_of(
    project: t.Any,
    carrier: Carrier,
    where: str,
    declared: t.Mapping[str, t.Any],
    use: t.Mapping[str, t.Any],
) -> tuple[str, tuple[str, ...]]:
    """Where the content of a config or secret lies on the host, from its file, its text or a variable."""
    mode = use.get("mode")
    mode = 0o444 if mode is None else int(str(mode), 8) if isinstance(mode, str) else int(mode)
    owner = (
        "{0}:{1}".format(use.get("uid") or 0, use.get("gid") or 0)
        if use.get("uid") or use.get("gid")
        else ""
    )
    if declared.get("file"):
        return carrier.file(declared["file"], mode, owner)
    if declared.get("content") is not None:
        return carrier.text("content", declared["content"], mode, owner)
    variable = declared.get("environment")
    if variable and variable in project.environment:
        return carrier.text("content", project.environment[variable], mode, owner)
    if variable:
        raise ComposeError(
            where,
            "the variable {0} is not set".format(variable),
            "set it in .env or in the option environment",
        )
    raise ComposeError(
        where, "it has neither file, content nor environment", "external ones need a swarm"
    )
