# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a wish for a version matches, and which way it leads."""

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import versions

DEBIANS, DOCKERS = "26.1.5+dfsg1-9+b13", "5:26.1.4-1~debian.12~bookworm"


@pytest.mark.parametrize("wish", [None, "26", "26.1", "26.1.5", "26.1.5+dfsg1-9", DEBIANS])
def test_a_wish_matches_what_begins_with_it(wish: str | None) -> None:
    assert versions.matches(wish, DEBIANS)


@pytest.mark.parametrize("wish", ["26.1.4", "5:26.1.4", "26.1.4-1~debian.12~bookworm", DOCKERS])
def test_an_epoch_may_be_left_out(wish: str) -> None:
    assert versions.matches(wish, DOCKERS)


@pytest.mark.parametrize(("wish", "version"), [("2", "26.1"), ("26.1", "26.10"), ("27", DEBIANS)])
def test_a_number_matches_as_a_whole(wish: str, version: str) -> None:
    assert not versions.matches(wish, version)


def test_nothing_is_no_version() -> None:
    assert not versions.matches("26.1", None)


def test_the_first_that_matches_is_chosen() -> None:
    there = ["5:27.0.1-1", DOCKERS, "5:26.1.3-1"]

    assert versions.choose("26.1", there) == DOCKERS
    assert versions.choose("28", there) is None


@pytest.mark.parametrize(
    ("wish", "version", "is_older"),
    [
        ("20.10", DEBIANS, True),
        ("26.1.4", DEBIANS, True),
        ("27", DEBIANS, False),
        ("26.1.5+dfsg1-9+b11", DEBIANS, True),
        ("26.1.10", DOCKERS, False),
    ],
)
def test_a_wish_leads_up_or_down(wish: str, version: str, is_older: bool) -> None:
    assert versions.is_older(wish, version) is is_older


@pytest.mark.parametrize("value", [26.1, 26, "", "latest", "26.1; reboot", "26 1", "-o=x"])
def test_what_is_no_version_is_refused(value: t.Any) -> None:
    with pytest.raises(ValueError, match="in quotes"):
        versions.read(value)


def test_a_version_is_shown_in_the_words_of_the_wish() -> None:
    assert versions.shown("26.1", DEBIANS) == "26.1.5"
    assert versions.shown("26.1.5+dfsg1", DEBIANS) == DEBIANS
    assert versions.shown("26.1", "unknown") == "unknown"


def test_a_refusal_shows_what_is_offered() -> None:
    told = str(versions.not_offered("docker-ce", "19.03", [f"{n}.0" for n in range(30, 10, -1)]))

    assert "docker-ce '19.03' is not offered; offered are: 30.0, 29.0" in told
    assert "and 8 older ones" in told
    assert "none at all" in str(versions.not_offered("docker-ce", "19.03", []))
