# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A later file is laid over an earlier one by the rules of each key."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.compose.merge import merge
from ansible_collections.slipway.docker.plugins.module_utils.compose.tree import dotted
from ansible_collections.slipway.docker.plugins.module_utils.compose.unicity import settle
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import ComposeError


def web(**keys: t.Any) -> dict[str, t.Any]:
    """A model of one service."""
    return {"services": {"web": keys}}


@pytest.mark.parametrize(
    ("key", "base", "over", "found"),
    [
        ("image", "a", "b", "b"),
        ("image", "a", None, "a"),
        ("command", ["a"], "b", "b"),
        ("cap_add", ["A"], ["B", "A"], ["A", "B"]),
        ("environment", {"A": 1, "B": None}, ["A=2"], ["A=2", "B"]),
        ("labels", ["a=1"], {"b": True}, ["a=1", "b=true"]),
        ("dns", "1.1.1.1", ["2.2.2.2"], ["1.1.1.1", "2.2.2.2"]),
        ("build", "here", {"target": "t"}, {"context": "here", "target": "t"}),
        ("networks", ["a"], {"b": {"aliases": ["x"]}}, {"a": None, "b": {"aliases": ["x"]}}),
        ("logging", {"driver": "a", "options": {"x": 1}}, {"driver": "b"}, {"driver": "b"}),
        (
            "logging",
            {"driver": "a", "options": {"x": 1}},
            {"options": {"y": 2}},
            {"driver": "a", "options": {"x": 1, "y": 2}},
        ),
        ("extra_hosts", ["a=1"], {"a": ["1", "2"]}, ["a=1", "a=2"]),
        (
            "ulimits",
            {"nofile": 1},
            {"nofile": {"soft": 1, "hard": 2}},
            {"nofile": {"soft": 1, "hard": 2}},
        ),
        ("ports", ["80:80"], ["80:80", "81:81"], ["80:80", "81:81"]),
        ("volumes", ["aa:/x", "bb:/y"], ["cc:/x"], ["cc:/x", "bb:/y"]),
        (
            "secrets",
            ["a"],
            [{"source": "b", "target": "/run/secrets/a"}],
            [{"source": "b", "target": "/run/secrets/a"}],
        ),
        ("devices", ["/dev/a:/dev/x"], ["/dev/b:/dev/x"], ["/dev/b:/dev/x"]),
        ("expose", [80], ["80", "81"], ["80", "81"]),
    ],
)
def test_a_key_over_itself(key: str, base: t.Any, over: t.Any, found: t.Any) -> None:
    merged = settle(merge(web(**{key: base}), web(**{key: over}), dotted), dotted)
    assert merged == web(**{key: found})


def test_address_pools_are_merged_by_subnet() -> None:
    base = [{"subnet": "10.0.0.0/24", "gateway": "10.0.0.1"}, {"subnet": "10.1.0.0/24"}]
    over = [{"subnet": "10.0.0.0/24", "gateway": "10.0.0.2"}]
    first, second = ({"networks": {"n": {"ipam": {"config": pools}}}} for pools in (base, over))
    found = merge(first, second, dotted)
    assert found["networks"]["n"]["ipam"]["config"] == [
        {"subnet": "10.0.0.0/24", "gateway": "10.0.0.2"}
    ]


def test_merging_leaves_its_models_as_they_were() -> None:
    base, over = web(labels={"a": "1"}, cap_add=["A"]), web(labels=["b=2"], cap_add=["B"])
    merge(base, over, dotted)
    assert (base, over) == (
        web(labels={"a": "1"}, cap_add=["A"]),
        web(labels=["b=2"], cap_add=["B"]),
    )


@pytest.mark.parametrize(
    ("key", "base", "over"),
    [("cap_add", ["A"], {"B": 1}), ("deploy", {"mode": "x"}, ["y"]), ("networks", ["a"], "b")],
)
def test_another_shape_is_refused(key: str, base: t.Any, over: t.Any) -> None:
    with pytest.raises(ComposeError, match="services.web." + key):
        merge(web(**{key: base}), web(**{key: over}), dotted)
