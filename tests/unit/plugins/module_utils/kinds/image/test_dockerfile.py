# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Dockerfile tells its stages, its bases, and what only BuildKit understands."""

from __future__ import annotations

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.kinds.image.dockerfile import (
    Stage,
    bases,
    expand,
    instructions,
    needs_buildkit,
    stages,
    up_to,
)


def test_lines_that_go_on_are_one_instruction() -> None:
    text = (
        "\ufeff# a comment\nFROM a\n\nRUN one \\\n  # within\n\n  two\\\n three\ncmd\tx\nRUN end \\"
    )
    found = [(each.line, each.name, each.rest) for each in instructions(text)]
    assert found == [
        (2, "FROM", "a"),
        (4, "RUN", "one twothree"),
        (9, "CMD", "x"),
        (10, "RUN", "end"),
    ]


def test_another_escape_can_be_chosen_at_the_top_only() -> None:
    assert len(instructions("# syntax=x\n# escape=`\nFROM a\nRUN b `\n c")) == 2
    assert len(instructions("FROM a\n# escape=`\nRUN b `\n c")) == 3


def test_stages_have_bases_names_and_copies() -> None:
    text = (
        "FROM --platform=linux/amd64 one:1 AS Build\n"
        "COPY --chown=1 --from=two /a /b\nADD --from=build x y\n"
        "FROM build\nCOPY --from=0 /a /b\nCOPY a --from=no\n"
    )
    assert stages(text, {}) == [
        Stage("one:1", "Build", ("two", "build")),
        Stage("build", "", ("0",)),
    ]
    assert bases(stages(text, {})) == ["one:1", "two"]


def test_nothing_is_no_base() -> None:
    assert bases(stages("FROM scratch\nCOPY a b\n", {})) == []
    assert stages("COPY --from=a b c\n", {}) == []


@pytest.mark.parametrize(
    ("args", "base"),
    [
        ({}, "shop/web:1"),
        ({"TAG": "2"}, "shop/web:2"),
        ({"TAG": 3, "OTHER": "x"}, "shop/web:3"),
        ({"TAG": None}, "shop/web:1"),
    ],
)
def test_arguments_before_the_first_stage_fill_in_its_base(
    args: dict[str, object], base: str
) -> None:
    text = (
        'ARG TAG="1"\nARG NAME=shop/web EMPTY\nARG FULL=${NAME}:$TAG\nFROM $FULL$OTHER\nARG TAG=9\n'
    )
    assert bases(stages(text, args)) == [base]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$A", "a"),
        ("${A}b", "ab"),
        ("$B", ""),
        ("${B:-c}", "c"),
        ("${A:-c}", "a"),
        ("${E:-c}", "c"),
        ("${A:+c}", "c"),
        ("${B:+c}", ""),
        ("\\$A", "$A"),
        ("${A:-}", "a"),
        ("${B:-}", ""),
    ],
)
def test_variables(text: str, value: str) -> None:
    assert expand(text, {"A": "a", "E": ""}) == value


def test_a_target_ends_the_stages() -> None:
    found = stages("FROM a AS one\nFROM b AS two\nFROM c\n", {})
    assert bases(up_to(found, "TWO") or []) == ["a", "b"]
    assert bases(up_to(found, "0") or []) == ["a"]
    assert bases(up_to(found, "") or []) == ["a", "b", "c"]
    assert up_to(found, "three") is None


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("RUN --mount=type=cache,target=/x y", "RUN --mount"),
        ("RUN --network=none y", "RUN --network"),
        ("RUN --security=insecure y", "RUN --security"),
        ("run --mount type=cache y", "RUN --mount"),
        ("RUN <<EOF", "a here-document"),
        ("RUN cat <<-'EOF' > /x", "a here-document"),
        ("COPY <<EOF /x", "a here-document"),
        ("COPY --link a b", "COPY --link, --chmod, --parents or --exclude"),
        ("COPY --chown=1 --chmod=755 a b", "COPY --link, --chmod, --parents or --exclude"),
        ("ADD --checksum=sha256:0 a b", "ADD --link, --chmod, --checksum or the like"),
        ("FROM --platform=$BUILDPLATFORM a", "FROM --platform=$BUILDPLATFORM"),
    ],
)
def test_what_only_buildkit_understands(line: str, title: str) -> None:
    assert needs_buildkit("FROM scratch\n# --mount\n" + line) == (3, title)


@pytest.mark.parametrize(
    "line",
    [
        "RUN mount --mounts",
        "RUN echo $((1 <<2))",
        "RUN echo $((1 <<n))",
        "RUN a <<< b",
        "COPY --chown=1 --from=a b c",
        "ADD --chown=1 a b",
        "FROM --platform=linux/amd64 a",
        "ENV A=--mount=x",
    ],
)
def test_what_the_engine_builds_itself(line: str) -> None:
    assert needs_buildkit("FROM scratch\n" + line) is None
