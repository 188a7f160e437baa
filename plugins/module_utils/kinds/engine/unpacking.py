# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Planning an engine that comes in an archive: its group, its version, and the versions that go."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.diff import causes
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import archive
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.scene import (
    Scene,
    root,
)

LEFT = "left by an interrupted run"


def group(scene: Scene) -> t.Iterator[Step]:
    """The group docker, which otherwise a package makes."""
    if _is_meant(scene) and not scene.host.has_group:
        yield scene.request.step("add-group", "no group docker")


def unpack(scene: Scene) -> t.Iterator[Step]:
    """The archive that is wanted, where it isn't unpacked or isn't as it was unpacked."""
    digits, there = _digits(scene), scene.host.archive.there
    if not _is_meant(scene) or there.get(digits) == ():
        return
    cause = causes(each for each in scene.changes if root(each) == archive.ARCHIVE.name)
    payload = {"root": archive.ROOT, "digits": digits, **_origin(scene.options)}
    undo = "" if digits in there else "discard-archive"
    yield scene.request.step("unpack", cause or "it is damaged", undo=undo, payload=payload)


def tidy(scene: Scene) -> t.Iterator[Step]:
    """Versions beyond the one that runs and the one before it, and halves of a killed run."""
    if not _is_meant(scene):
        return
    now, wanted = archive.version(scene.host), _digits(scene)
    before = now if now != wanted else scene.host.files[archive.PREVIOUS].text
    beyond = [name for name in scene.host.archive.there if name not in (wanted, before)]
    left = scene.host.archive.left
    if beyond or left:
        told = ["{0} no longer kept".format(_shown(beyond))] if beyond else []
        cause = "; ".join([*told, *([LEFT] if left else [])])
        yield _removal(scene, cause, (*beyond, *left))


def clear(scene: Scene, cause: str) -> t.Iterator[Step]:
    """All versions, when the engine goes."""
    names = (*scene.host.archive.there, *scene.host.archive.left)
    if names:
        told = _shown(scene.host.archive.there) or LEFT
        yield _removal(scene, "{0}; {1}".format(cause, told), names, "clear")


def _is_meant(scene: Scene) -> bool:
    return scene.source.name == archive.SOURCE


def _digits(scene: Scene) -> str:
    return archive.digest(scene.request.wanted.fields)


def _origin(options: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """Where the archive comes from: along from the controller, from the host, or from the web."""
    given = options["archive"]
    if given.get("url"):
        return {"url": given["url"]}
    return {"path": given["file"]} if given["remote"] else {"parcels": (options["_parcel"],)}


def _removal(scene: Scene, cause: str, names: tuple[str, ...], verb: str = "tidy") -> Step:
    return scene.request.step(verb, cause, payload={"root": archive.ROOT, "names": names})


def _shown(names: t.Iterable[str]) -> str:
    return ", ".join(archive.shown(archive.ALGORITHM + name) for name in names)
