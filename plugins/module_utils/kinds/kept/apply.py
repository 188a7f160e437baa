# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeping what was declared, with the images and the content that it needs to come back."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step
from ansible_collections.slipway.docker.plugins.module_utils.kinds.kept.observe import owned
from ansible_collections.slipway.docker.plugins.module_utils.outside.trees import (
    Manifest,
    tree_digest,
)

Json = t.Mapping[str, t.Any]


def keep(outside: t.Any, step: Step) -> None:
    """Keep all declarations of this host, the ids of their images, and the content of their trees."""
    engine = step.payload["engine"]
    there = {
        each["project"]: owned(outside, each["project"])
        for each in outside.keeping.declared(engine)
    }
    # What somebody has taken away by hand is not brought back by an undo.
    declarations = [each for each in outside.keeping.declared(engine) if there[each["project"]]]
    trees = dict(_trees(outside, list(_resources(declarations, "tree"))))
    names = {image["name"] for image in _resources(declarations, "image")}
    images = {name: id for name, id in _ids(outside, names) if id}
    content = {"declarations": declarations, "images": images, "there": there}
    outside.keeping.keep(content, trees)


def drop(outside: t.Any, step: Step) -> None:
    """Drop what was kept."""
    outside.keeping.drop()


def _resources(declarations: t.Iterable[Json], kind: str) -> t.Iterator[Json]:
    for declaration in declarations:
        yield from (each for each in declaration["resources"] if each["kind"] == kind)


def _trees(outside: t.Any, trees: t.Iterable[Json]) -> t.Iterator[tuple[str, tuple[str, Manifest]]]:
    """Trees by their digest; one that somebody changed on the host can't be kept."""
    for tree in trees:
        entries = outside.trees.entries(tree["name"], tree["options"].get("manifest", ()))
        digest = tree_digest(entries)
        if digest == tree["fields"].get("content"):
            yield digest, (tree["name"], entries)


def _ids(outside: t.Any, names: t.Iterable[str]) -> t.Iterator[tuple[str, str]]:
    for name in sorted(names):
        image = outside.engine.get("/images/{0}/json", name) or {}
        yield name, str(image.get("Id", ""))


ACTIONS = {"keep": keep, "drop": drop}
