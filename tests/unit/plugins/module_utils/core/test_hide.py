# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hiding what looks like a secret."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.hide import (
    display,
    hide,
    is_secret,
    scrub,
)

HIDDEN: list[tuple[t.Any, t.Any]] = [
    ("username=u,password=p w;d,vers=3.0", "username=u,password=***,vers=3.0"),
    ("addr=10.0.0.1,pass=x", "addr=10.0.0.1,pass=***"),
    ("secret=AQ==,name=admin", "secret=***,name=admin"),
    ("postgres://app:hunter2@db/shop", "postgres://app:***@db/shop"),
    ("postgres://app:a@b/c@db/shop", "postgres://app:***@db/shop"),
    ("redis://:hunter2@cache:6379/0", "redis://:***@cache:6379/0"),
    ("https://ghp_abc@github.com/x.git", "https://***@github.com/x.git"),
    ('{"user": "u", "password": "p"}', '{"user": "u", "password": ***}'),
    (
        {"PGPASSWORD": "x", "MYSQL_PWD": 5, "HOME": "/"},
        {"PGPASSWORD": "(hidden)", "MYSQL_PWD": "(hidden)", "HOME": "/"},
    ),
    ({"APP_KEY": "x", "TOKEN": None}, {"APP_KEY": "(hidden)", "TOKEN": None}),
    ([{"auth": {"user": "u"}}], [{"auth": "(hidden)"}]),
    (["mysqld", "--password", "x", "-v"], ["mysqld", "--password", "(hidden)", "-v"]),
    (("curl", "--user-token=x"), ["curl", "--user-token=***"]),
]

PLAIN: list[t.Any] = [
    "ssh://deploy@host:22",
    "http://proxy:3128/",
    "registry:5000/web@sha256:0123",
    "type=nfs,device=:/x",
    "unix:///var/run/docker.sock",
    {"org.opencontainers.image.authors": "us"},
    {"target": 80},
    "key=value",
    ["--name", "x"],
    5,
    None,
    True,
    1.5,
]


@pytest.mark.parametrize(("value", "hidden"), HIDDEN, ids=repr)
def test_what_looks_like_a_secret_is_left_out(value: t.Any, hidden: t.Any) -> None:
    assert hide(value) == hidden


@pytest.mark.parametrize("value", PLAIN, ids=repr)
def test_what_does_not_is_left_alone(value: t.Any) -> None:
    assert hide(value) == value


@pytest.mark.parametrize(
    ("prose", "scrubbed"),
    [
        (
            "mount failed, data: username=u,password=p,vers=3",
            "mount failed, data: username=u,password=***,vers=3",
        ),
        ("exec: mysql --password hunter2 -h db", "exec: mysql --password *** -h db"),
        ("pull https://u:p@registry/web: 401", "pull https://u:***@registry/web: 401"),
        ("found password='a b' in it", "found password=*** in it"),
        ("{'identity_token': 'x'}", "{'identity_token': ***}"),
        (
            "no such secret: db_pass; type: docker secret ls",
            "no such secret: db_pass; type: docker secret ls",
        ),
    ],
)
def test_an_error_is_told_without_the_secret_in_it(prose: str, scrubbed: str) -> None:
    assert scrub(prose) == scrubbed


@pytest.mark.parametrize(
    "name", ["DB_PASSWORD", "labels.x.basicauth.users", "tls.private", "sshKey_token"]
)
def test_a_name_tells_that_its_value_is_a_secret(name: str) -> None:
    assert is_secret(name)
    assert display(name, "hunter2") == "(hidden)"


@pytest.mark.parametrize("name", ["driver", "labels.author", "keyboard", "privileged", "monkey"])
def test_a_name_that_only_sounds_alike_hides_nothing(name: str) -> None:
    assert not is_secret(name)
    assert display(name, "x") == "'x'"


def test_a_way_of_showing_never_sees_the_secret() -> None:
    seen: list[t.Any] = []

    def show(value: t.Any) -> str:
        seen.append(value)
        return "shown"

    assert display("options", {"password": "hunter2", "a": 1}, show) == "shown"
    assert seen == [{"password": "(hidden)", "a": 1}]


@pytest.mark.parametrize(
    "text",
    [
        "a" * 200_000,
        "-" * 200_000,
        "pass" * 50_000,
        "'" * 200_000,
        "x://" * 50_000,
        "@ " + "a" * 200_000,
        "http://" * 30_000,
        "@" * 200_000,
    ],
    ids=lambda text: text[:7],
)
def test_a_long_text_is_hidden_in_time_that_grows_with_its_length(text: str) -> None:
    # A pattern that tries every pair of places would not come back within the patience of anyone.
    assert hide(text) == text
    assert scrub(text) == text
