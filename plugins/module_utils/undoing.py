# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way back: what was kept is declared again, as it can be had on the host."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Plan
from ansible_collections.slipway.docker.plugins.module_utils.core.report import Report
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.names import base

Json = t.Mapping[str, t.Any]


def as_before(declaration: Json, images: t.Mapping[str, str]) -> list[dict[str, t.Any]]:
    """The resources of a declaration, their images the very ones that were there."""
    return [
        {**each, **_image(each, images)} if each["kind"] == "image" else dict(each)
        for each in declaration["resources"]
    ]


def _image(image: Json, images: t.Mapping[str, str]) -> dict[str, t.Any]:
    id = images.get(image["name"])
    if id is None:
        return {}
    # A name with a digest means the same image for ever, and can't be given to another.
    return {
        "fields": {},
        "options": {"pull": "missing"} if "@" in image["name"] else {"tag_of": id},
    }


def surplus(
    there: t.Iterable[t.Sequence[str]],
    before: t.Iterable[t.Sequence[str]],
    wanted: t.Iterable[Json],
) -> list[dict[str, t.Any]]:
    """What has come since, to be taken away."""
    stays = {tuple(each) for each in before} | {(each["kind"], each["name"]) for each in wanted}
    came = dict.fromkeys((kind, base(name)) for kind, name in there)
    return [
        {"kind": kind, "name": name, "state": "absent"}
        for kind, name in came
        if (kind, name) not in stays
    ]


def new_since(kept: t.Iterable[Json], declared: t.Iterable[Json]) -> list[Json]:
    """The projects that have come since, and of which nothing was there before."""
    known = {each["project"] for each in kept}
    return [each for each in declared if each["fresh"] and each["project"] not in known]


def joined(reports: t.Sequence[Report]) -> Report:
    """Runs one after the other, told as one."""
    return Report(
        tuple(each for report in reports for each in report.requests),
        Plan(tuple(each for report in reports for each in report.plan.steps)),
        tuple(each for report in reports for each in report.outcomes),
        orphans=tuple(each for report in reports for each in report.orphans),
        lacking=tuple(each for report in reports for each in report.lacking),
        warnings=tuple(each for report in reports for each in report.warnings),
    )
