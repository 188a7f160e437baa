# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Planning where packages come from: Docker's repository comes before them, and goes after them."""

from __future__ import annotations

import hashlib
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import (
    packages,
    repository,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.facts import HostFacts
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.repository import (
    LAYOUTS,
    Layout,
    Repository,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.scene import Scene

DOCKERS = "download.docker.com"


def first(scene: Scene) -> tuple[str, ...]:
    """What it takes to reach the repository at all."""
    if not scene.source.needs_repository or packages.CERTIFICATES in scene.host.installed:
        return ()
    wanted, layout = _wanted(scene)
    reached = [wanted.url, *([wanted.key] if _fetches(scene.host, wanted) else [])]
    is_needed = any(address.startswith("https:") for address in reached)
    return (packages.CERTIFICATES,) if is_needed and _why(scene.host, wanted, layout) else ()


def prepare(scene: Scene) -> t.Iterator[Step]:
    """The certificates of the web, without which no repository is reached."""
    names = first(scene)
    if names:
        payload = {"manager": scene.host.manager, "names": names}
        yield scene.request.step("prepare", ", ".join(names) + " not found", payload=payload)


def add(scene: Scene) -> t.Iterator[Step]:
    """Docker's repository, where the source needs it and it isn't declared so."""
    if not scene.source.needs_repository:
        return
    wanted, layout = _wanted(scene)
    why = _why(scene.host, wanted, layout)
    if not why:
        return
    _refuse_rivals(scene.host, wanted)
    if repository.is_text(wanted.key):
        repository.proven(wanted.key.encode(), wanted.fingerprint, repository.WHERE + ".key")
    digest = _digest(wanted, layout)
    payload = {
        **_places(scene, layout),
        "text": layout.text(wanted, layout),
        "before": scene.host.repository.source,
        "key_before": scene.host.repository.key_text,
        "fetches": _fetches(scene.host, wanted),
        "key": wanted.key,
        "fingerprint": wanted.fingerprint,
        "digest": digest,
        "engine": packages.versioned(scene.source, scene.host)[0],
    }
    drift = scene.host.note.repository == digest
    details: dict[str, t.Any] = {"undo": "put-back-repository", "payload": payload}
    yield scene.request.step("add-repository", "; ".join(why), drift=drift, **details)


def drop(scene: Scene) -> t.Iterator[Step]:
    """Our declaration of the repository, when nothing comes from there any more."""
    seen, is_gone = scene.host.repository, scene.request.wanted.state == "absent"
    needed = scene.source.needs_repository and not is_gone
    if needed or seen.source is seen.key_text is None:
        return
    cause = "state: absent" if is_gone else "source {0!r}".format(scene.source.name)
    payload = _places(scene, LAYOUTS[scene.host.manager])
    yield scene.request.step("drop-repository", cause, payload=payload)


def _wanted(scene: Scene) -> tuple[Repository, Layout]:
    host = scene.host
    options = scene.options.get("repository") or {}
    return repository.wanted(options, host.system, host.manager), LAYOUTS[host.manager]


def _why(host: HostFacts, wanted: Repository, layout: Layout) -> list[str]:
    """Why the repository isn't declared as it should be."""
    seen = host.repository
    told = repository.differences(seen.source, layout.text(wanted, layout))
    if seen.source is not None and _fetches(host, wanted):
        before = "key {0!r} -> {1!r}".format(seen.key, wanted.fingerprint)
        told.append(before if seen.key else "its key not found")
    return told


def _fetches(host: HostFacts, wanted: Repository) -> bool:
    return host.repository.key != wanted.fingerprint


def _digest(wanted: Repository, layout: Layout) -> str:
    text = layout.text(wanted, layout) + wanted.fingerprint
    return hashlib.sha256(text.encode()).hexdigest()


def _places(scene: Scene, layout: Layout) -> dict[str, t.Any]:
    return {"manager": scene.host.manager, "path": layout.source, "key_path": layout.key}


def _refuse_rivals(host: HostFacts, wanted: Repository) -> None:
    """Refuse to declare again what somebody else declared: apt stumbles over two keys for one."""
    found = [
        "{1} ({0})".format(*rival)
        for rival in host.repository.rivals
        if DOCKERS in rival[0] or rival[0].rstrip("/") == wanted.url
    ]
    if found:
        raise InputError(
            repository.WHERE,
            "it is declared already, and not by us: {0}".format(", ".join(found)),
            "remove that declaration, and run again; the packages that came from there stay",
        )
