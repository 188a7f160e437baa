# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An archive tells the ids that its images will have, for either of the engine's stores."""

from __future__ import annotations

import io
import json
import pathlib
import tarfile
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.outside import archives


def archive(directory: pathlib.Path, **lists: t.Any) -> str:
    path = str(directory / "saved.tar")
    with tarfile.open(path, "w") as tar:
        for name, content in lists.items():
            data = json.dumps(content).encode()
            info = tarfile.TarInfo(name.replace("_", "."))
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return path


def test_an_old_archive_names_images_by_their_configuration(tmp_path: pathlib.Path) -> None:
    listed = [
        {"Config": "abc.json", "RepoTags": ["a:1", "b:1"]},
        {"Config": "def.json", "RepoTags": None},
    ]
    path = archive(tmp_path, manifest_json=listed)
    assert archives.read(path) == {"images": {"a:1": ["sha256:abc"], "b:1": ["sha256:abc"]}}


def test_a_new_archive_names_them_by_their_manifest_as_well(tmp_path: pathlib.Path) -> None:
    name = {"io.containerd.image.name": "docker.io/library/a:1"}
    other = {"io.containerd.image.name": "docker.io/shop/b:1"}
    manifests = [
        {"digest": "sha256:123", "annotations": name},
        {"digest": "sha256:456", "annotations": other},
        {"digest": "sha256:789"},
    ]
    path = archive(
        tmp_path,
        manifest_json=[{"Config": "blobs/sha256/abc", "RepoTags": ["a:1"]}],
        index_json={"manifests": manifests},
    )
    images = {"a:1": ["sha256:abc", "sha256:123"], "shop/b:1": ["sha256:456"]}
    assert archives.read(path) == {"images": images}
