# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One service outside of any file is spelt, and refused, as in a file."""

from __future__ import annotations

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.compose.canonical import (
    canonical_member,
    canonical_service,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import ComposeError


def test_a_service_is_made_long_and_typed() -> None:
    found = canonical_service(
        {
            "image": "x",
            "ports": ["80"],
            "mem_limit": "1g",
            "environment": ["A=1"],
            "command": "a b",
        },
        "container web",
    )
    assert found == {
        "image": "x",
        "ports": [{"mode": "ingress", "target": 80, "protocol": "tcp"}],
        "mem_limit": 1 << 30,
        "environment": {"A": "1"},
        "command": ["a", "b"],
    }


def test_its_errors_begin_with_its_place() -> None:
    with pytest.raises(ComposeError) as refusal:
        canonical_service({"ports": ["80", "x"]}, "container web")
    assert str(refusal.value).startswith("container web.ports[1]: found 'x'")


def test_the_errors_of_its_fields_begin_with_its_place() -> None:
    with pytest.raises(ComposeError) as refusal:
        canonical_service({"healthcheck": {"interval": "soon"}}, "container web")
    assert str(refusal.value).startswith("container web.healthcheck.interval: found 'soon'")


def test_a_network_is_made_long_and_typed() -> None:
    found = canonical_member(
        "networks", {"external": {"name": "x"}, "labels": ["a=b"], "internal": "true"}, "network n"
    )
    assert found == {"external": True, "name": "x", "labels": {"a": "b"}, "internal": True}
