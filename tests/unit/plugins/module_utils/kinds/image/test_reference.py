# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A name is taken apart as Docker does, and refused where Docker refuses it."""

from __future__ import annotations

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.reference import parse

DIGEST = "sha256:" + "a1" * 32


@pytest.mark.parametrize(
    ("text", "registry", "listed", "version"),
    [
        ("busybox", "docker.io", "busybox:latest", "latest"),
        ("busybox:1", "docker.io", "busybox:1", "1"),
        ("library/busybox", "docker.io", "busybox:latest", "latest"),
        ("docker.io/library/busybox", "docker.io", "busybox:latest", "latest"),
        ("docker.io/shop/web:1", "docker.io", "shop/web:1", "1"),
        ("index.docker.io/shop/web", "docker.io", "shop/web:latest", "latest"),
        ("shop/web", "docker.io", "shop/web:latest", "latest"),
        ("library/a/b", "docker.io", "library/a/b:latest", "latest"),
        ("localhost/web", "localhost", "localhost/web:latest", "latest"),
        ("here:5000/web", "here:5000", "here:5000/web:latest", "latest"),
        (
            "registry.example.com/a/b-c__d.e:v1.2_3",
            "registry.example.com",
            "registry.example.com/a/b-c__d.e:v1.2_3",
            "v1.2_3",
        ),
        ("[2001:db8::1]:5000/web:1", "[2001:db8::1]:5000", "[2001:db8::1]:5000/web:1", "1"),
        ("web@" + DIGEST, "docker.io", "web@" + DIGEST, DIGEST),
        ("here:5000/web:1@" + DIGEST, "here:5000", "here:5000/web@" + DIGEST, DIGEST),
    ],
)
def test_a_name_in_its_parts(text: str, registry: str, listed: str, version: str) -> None:
    found = parse(text)
    assert (found.registry, found.listed, found.version) == (registry, listed, version)


@pytest.mark.parametrize("text", ["a1" * 32, DIGEST])
def test_an_id_is_no_name(text: str) -> None:
    assert parse(text).listed == parse(text).id == DIGEST


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":",
        "a//b",
        "/a",
        "a/",
        "-a",
        "a-",
        "a..b",
        "a___b",
        "A",
        "a:",
        "a:-b",
        "a: b",
        "a:" + "b" * 129,
        "a@",
        "a@b",
        "a@sha256:12",
        "a@" + DIGEST + "0",
        "a_b.c:5000/d",
        "a.b:port/c",
        "ä",
        "a\n",
        "a:b\n",
        "https://a/b",
    ],
)
def test_what_docker_refuses(text: str) -> None:
    with pytest.raises(InputError, match="(?s)^image .*: "):
        parse(text)


def test_an_error_begins_with_where() -> None:
    with pytest.raises(InputError, match="^services.web.image: "):
        parse("A", "services.web.image")
