# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A container's health check: Compose's words, the engine's, and how it meets the image's own."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.codec import (
    read_boolean,
    read_duration,
    read_integer,
    read_list,
    show_duration,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.field import Codec

SPANS = {
    "interval": "Interval",
    "timeout": "Timeout",
    "start_period": "StartPeriod",
    "start_interval": "StartInterval",
}
KEYS = {"test", "retries", "disable", *SPANS}
MILLISECOND = 10**6
OFF: dict[str, t.Any] = {"disable": True}


def read_healthcheck(value: t.Any) -> dict[str, t.Any]:
    """A check with its spans as `1m30s`; `{disable: true}` where it is turned off."""
    if not isinstance(value, dict) or set(value) - KEYS:
        raise ValueError("a mapping with {0}".format(", ".join(sorted(KEYS))))
    test = _read_test(value["test"]) if value.get("test") else None
    if read_boolean(value.get("disable") or False) or test == ["NONE"]:
        return dict(OFF)
    read: dict[str, t.Any] = {"test": test} if test else {}
    read.update({key: _read_span(key, value[key]) for key in SPANS if value.get(key) is not None})
    if value.get("retries"):
        read["retries"] = read_integer(value["retries"])
    return {key: part for key, part in read.items() if part}


def _read_test(value: t.Any) -> list[str]:
    if isinstance(value, str):
        return ["CMD-SHELL", value]
    words = read_list(value)
    if words[0] not in ("NONE", "CMD", "CMD-SHELL"):
        raise ValueError("a test that is a text, or a list that begins with CMD, CMD-SHELL or NONE")
    return words


def _read_span(key: str, value: t.Any) -> str:
    span = read_duration(value)
    if span < 0 or 0 < span < MILLISECOND:
        raise ValueError("a {0} of at least 1ms".format(key))
    return span_text(span)


def span_text(span: int) -> str:
    """Nanoseconds as `1m30s`; nothing for none."""
    return show_duration(span).strip("'") if span else ""


def to_engine(value: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """The engine's check."""
    if value.get("disable"):
        return {"Test": ["NONE"]}
    check: dict[str, t.Any] = {
        name: read_duration(value[key]) for key, name in SPANS.items() if key in value
    }
    if "test" in value:
        check["Test"] = list(value["test"])
    if "retries" in value:
        check["Retries"] = value["retries"]
    return check


def from_engine(value: t.Any) -> dict[str, t.Any] | None:
    """The check as Compose spells it."""
    if not value:
        return None
    spans = {key: span_text(value.get(name) or 0) for key, name in SPANS.items()}
    return (
        read_healthcheck(
            {"test": value.get("Test"), "retries": value.get("Retries"), **spans_set(spans)}
        )
        or None
    )


def spans_set(spans: t.Mapping[str, str]) -> dict[str, str]:
    """The spans that are set."""
    return {key: span for key, span in spans.items() if span}


def over_the_images(default: t.Any, wanted: t.Any) -> t.Any:
    """What is wanted over the image's check, part by part, as the engine lays it."""
    if wanted == OFF or not default or default == OFF:
        return wanted
    return {**default, **wanted}


HEALTHCHECK = Codec({"type": "dict"}, read_healthcheck, to_engine, from_engine)
