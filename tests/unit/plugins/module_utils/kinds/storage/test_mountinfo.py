# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kernel's list of mounts: layers, binds, escapes, and lines that are none."""

from __future__ import annotations

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage import mountinfo

TEXT = """\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,errors=remount-ro
40 22 254:16 / /mnt/nas rw,nosuid shared:3 master:2 - xfs /dev/vdb rw
41 22 254:16 /app /srv/slipway/app ro,nosuid,nodev - xfs /dev/vdb rw
42 41 0:50 / /srv/slipway/app rw - fuse.sshfs app@nas:/my\\040files rw,user_id=0
43 42 0:51 / /srv/slipway/app/in\\134side rw - tmpfs tmpfs rw
44 22 254:0 /srv/gone//deleted /srv/x rw - ext4 /dev/vda rw
no line of a mount
45 22 254:0
"""
MOUNTS = mountinfo.parse(TEXT)


def test_layers_are_told_the_lowest_first() -> None:
    layers = mountinfo.at(MOUNTS, "/srv/slipway/app")

    assert [layer.type for layer in layers] == ["xfs", "fuse.sshfs"]
    assert layers[0].root == "/app"
    assert layers[0].options == {"ro", "nosuid", "nodev"}
    assert layers[1].source == "app@nas:/my files"


def test_what_is_mounted_inside_is_told() -> None:
    assert [each.point for each in mountinfo.below(MOUNTS, "/srv/slipway/app")] == [
        "/srv/slipway/app/in\\side"
    ]


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("/mnt/nas/app", ("254:16", "/app")),
        ("/mnt/nas", ("254:16", "/")),
        ("/mnt/nas2", ("254:0", "/mnt/nas2")),
        ("/", ("254:0", "/")),
        ("/srv/slipway/app/x", ("0:50", "/x")),
    ],
)
def test_a_bind_of_a_path_is_known_by_device_and_root(path: str, seen: tuple[str, str]) -> None:
    assert mountinfo.seen_through(MOUNTS, path) == seen


def test_lines_that_are_none_are_left_out() -> None:
    assert len(MOUNTS) == 6
    assert mountinfo.seen_through((), "/x") == ("", "")
