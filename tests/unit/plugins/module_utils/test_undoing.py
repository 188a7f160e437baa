# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way back: the very images that were there, and nothing that has come since."""

from __future__ import annotations

from ansible_collections.slipway.docker.plugins.module_utils.undoing import (
    as_before,
    new_since,
    surplus,
)

DIGEST = "web@sha256:" + "0" * 64


def test_an_image_comes_back_by_its_id_whatever_its_name_means_by_now() -> None:
    built = {
        "kind": "image",
        "name": "app",
        "fields": {"x": 1},
        "options": {"build": {"context": "/gone"}},
    }
    unknown = {"kind": "image", "name": "other", "fields": {}, "options": {"pull": "always"}}
    pinned = {"kind": "image", "name": DIGEST, "fields": {}, "options": {"pull": "always"}}
    web = {"kind": "container", "name": "shop-web-1"}
    declaration = {"resources": [built, unknown, pinned, web]}

    back = as_before(declaration, {"app": "sha256:1", DIGEST: "sha256:2"})

    assert back == [
        {"kind": "image", "name": "app", "fields": {}, "options": {"tag_of": "sha256:1"}},
        unknown,
        {"kind": "image", "name": DIGEST, "fields": {}, "options": {"pull": "missing"}},
        web,
    ]


def test_what_has_come_since_goes_and_what_was_there_stays() -> None:
    there = [["container", name] for name in ("web", "new", "new.slipway-old", "by-hand")]
    before = [["container", "web"], ["container", "by-hand"]]
    wanted = [{"kind": "container", "name": "web"}]

    assert [each["name"] for each in surplus(there, before, wanted)][:1] == ["new"]
    assert not {"web", "by-hand"} & {each["name"] for each in surplus(there, before, wanted)}


def test_a_project_that_has_come_since_goes_unless_something_of_it_was_there() -> None:
    shop = {"project": "shop", "fresh": True}
    new = {"project": "new", "fresh": True}
    adopted = {"project": "adopted", "fresh": False}

    assert new_since([shop], [shop, new, adopted]) == [new]
