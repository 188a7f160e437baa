# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a file, a template or an env file holds: a project, or an error of ours."""

from __future__ import annotations

import contextlib
import typing as t

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.slipway.docker.plugins.module_utils.compose import dotenv
from ansible_collections.slipway.docker.plugins.module_utils.compose.json_schema import json_schema
from ansible_collections.slipway.docker.plugins.module_utils.compose.template import (
    TemplateError,
    substitute,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import ComposeError
from tests.unit.plugins.module_utils.compose.loading import loaded

ODD = st.sampled_from(
    [
        "",
        "x",
        "a=b",
        "80:80",
        "1:2:3:4",
        "${",
        "${A:?x}",
        "~",
        "/x",
        ":",
        "1m",
        "5g",
        "service:x",
        "\x00",
        "all",
    ]
)
ATOMS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | ODD
VALUES = st.recursive(
    ATOMS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["a", "x-a", "source", "target", "type", "path"]), inner, max_size=3
        )
    ),
    max_leaves=6,
)
SCHEMA = json_schema()
SERVICE_KEYS = sorted(SCHEMA["$defs"]["service"]["properties"])
SECTION_KEYS = sorted(SCHEMA["properties"])
SERVICES = st.dictionaries(st.sampled_from(SERVICE_KEYS), VALUES, max_size=3)
FILES = st.fixed_dictionaries(
    {"services": st.dictionaries(st.sampled_from(["web", "db"]), SERVICES | VALUES, max_size=2)},
    optional={key: VALUES for key in SECTION_KEYS if key != "services"},
)
CALM = settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])


@CALM
@given(st.lists(FILES, min_size=1, max_size=2))
def test_any_model(models: list[dict[str, t.Any]]) -> None:
    texts = {"f{0}.yml".format(index): yaml.safe_dump(one) for index, one in enumerate(models)}
    with contextlib.suppress(ComposeError):
        loaded(texts, load=list(texts), strict=True)


@CALM
@given(st.text())
def test_any_text(text: str) -> None:
    with contextlib.suppress(ComposeError):
        loaded({"compose.yml": text})


@CALM
@given(st.text(alphabet="ab=:\"'\\\\$ #\n{}-?+.1"))
def test_any_env_file(text: str) -> None:
    with contextlib.suppress(ComposeError):
        dotenv.parse(text, {"a": "b"}.get)


@CALM
@given(st.text(alphabet="ab${}:-?+ \n"))
def test_any_template(text: str) -> None:
    with contextlib.suppress(TemplateError):
        substitute(text, {"a": "b"}.get)
