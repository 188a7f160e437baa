# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run declared for its project is remembered as it was declared, when the run went well."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.report import Report

Given = t.Mapping[str, t.Any]
Declaration = t.Dict[str, t.Any]


def declaration(given: Given, fresh: bool) -> Declaration:
    """What the options of a run declare; `fresh`: nothing of the project was there before us."""
    return {
        **{name: given[name] for name in ("project", "labels", "workers")},
        "resources": [_whole(each) for each in given["resources"]],
        "engine": given["docker_host"],
        "fresh": fresh,
    }


def _whole(resource: Given) -> dict[str, t.Any]:
    said = {name: value for name, value in resource.items() if value is not None}
    return {"state": "present", "fields": {}, "options": {}, "needs": [], **said}


def declare(keeping: t.Any, given: Given, report: Report) -> Report:
    """Remember what was declared; of a first run that failed, that nothing good was ever there."""
    try:
        _declare(keeping, given, report)
    except OSError as error:
        problem = "what was declared can't be kept ({0}), so a rollout can't undo it".format(error)
        return dataclasses.replace(report, warnings=(*report.warnings, problem))
    return report


def _declare(keeping: t.Any, given: Given, report: Report) -> None:
    project, engine = given["project"], given["docker_host"]
    before = keeping.declaration(project, engine)
    fresh = before["fresh"] if before else _is_first(report)
    if not report.failed and not given["resources"]:
        keeping.forget(project, engine)
    elif not report.failed:
        keeping.declare(declaration(given, fresh))
    elif before is None and fresh:
        keeping.declare({**declaration(given, fresh), "resources": []})


def _is_first(report: Report) -> bool:
    containers = [request for kind, request in report.requests if kind.name == "container"]
    return not report.orphans and all(request.found is None for request in containers)
