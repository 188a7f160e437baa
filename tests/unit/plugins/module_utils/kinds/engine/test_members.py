# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an engine's archive may hold, and what has to be declared of one."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import SlipwayError
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import members
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.archive import PROGRAMS

GOOD = [("docker/", "directory"), *(("docker/" + name, "file") for name in PROGRAMS)]
CHECKSUM = "sha256:" + "a" * 64


def test_the_programs_are_found_and_old_shims_taken_along() -> None:
    chosen = members.chosen([*GOOD, ("docker/containerd-shim", "file")])

    assert chosen["dockerd"] == "docker/dockerd"
    assert sorted(chosen) == sorted([*PROGRAMS, "containerd-shim"])


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("../docker/dockerd", "file"),
        ("/docker/dockerd", "file"),
        ("docker/../../etc/passwd", "file"),
        ("docker/bin/dockerd", "file"),
        ("dockerd", "file"),
        ("docker/dockerd", "file"),
        ("docker/ctr", "symbolic link"),
        ("docker/runc", "hard link"),
        ("docker/tty", "neither a file nor a directory"),
        ("docker/docker-compose", "file"),
        ("docker-rootless-extras/rootlesskit", "file"),
        ("other/", "directory"),
        ("docker/bin/", "directory"),
        ("", "file"),
    ],
)
def test_anything_else_is_refused_by_its_path(path: str, kind: str) -> None:
    with pytest.raises(SlipwayError) as raised:
        members.chosen([*GOOD, (path, kind)])

    assert "it holds {0!r} ({1}); accepted are files in docker/".format(path, kind) in str(
        raised.value
    )


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_that_is_missing_is_named(name: str) -> None:
    with pytest.raises(SlipwayError, match="it lacks {0};".format(name)):
        members.chosen([each for each in GOOD if each[0] != "docker/" + name])


@pytest.mark.parametrize(
    ("source", "given", "told"),
    [
        ("distro", {"file": "x", "checksum": CHECKSUM}, "the source is 'distro'"),
        ("archive", None, "the source archive needs it"),
        ("archive", {}, "the source archive needs it"),
        ("archive", {"checksum": CHECKSUM}, "give one of them"),
        ("archive", {"file": "x", "url": "http://h/x", "checksum": CHECKSUM}, "give one of them"),
        ("archive", {"file": "x", "checksum": "md5:12"}, "found 'md5:12'; accepted is sha256:"),
        ("archive", {"file": "x", "checksum": CHECKSUM[:-1]}, "64 hexadecimal digits"),
        ("archive", {"url": "ftp://h/x", "checksum": CHECKSUM}, "accepted is http://"),
        ("archive", {"url": "https://u:p@h/x", "checksum": CHECKSUM}, "without a login"),
        ("archive", {"url": "file:///x", "checksum": CHECKSUM}, "accepted is http://"),
    ],
)
def test_what_is_declared_badly_is_refused(source: str, given: t.Any, told: str) -> None:
    with pytest.raises(SlipwayError) as raised:
        members.declared({"source": source, "archive": given})

    assert told in str(raised.value)
    assert "u:p" not in str(raised.value)


def test_a_good_declaration_is_its_checksum() -> None:
    given = {"url": "https://mirror.test/docker.tgz?key=1", "checksum": CHECKSUM}

    assert members.declared({"source": "archive", "archive": given})["archive"] == CHECKSUM
    assert members.declared({"source": "distro", "archive": None}) == {}
