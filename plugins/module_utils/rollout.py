# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host's part in a rollout: what runs is kept, the new is proven, the old is brought back."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import SlipwayError
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Plan
from ansible_collections.slipway.docker.plugins.module_utils.core.report import Report
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Resource
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.watching import (
    ailments,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.every import KINDS
from ansible_collections.slipway.docker.plugins.module_utils.kinds.kept import KEPT
from ansible_collections.slipway.docker.plugins.module_utils.kinds.kept.observe import owned
from ansible_collections.slipway.docker.plugins.module_utils.kinds.labels import PROJECT
from ansible_collections.slipway.docker.plugins.module_utils.module import (
    Module,
    finish,
    resource,
    this_host,
    work,
)
from ansible_collections.slipway.docker.plugins.module_utils.options import (
    COMMON,
    CONNECTION,
    INTERNAL,
)
from ansible_collections.slipway.docker.plugins.module_utils.outside.host import Host
from ansible_collections.slipway.docker.plugins.module_utils.outside.keeping import Keeping
from ansible_collections.slipway.docker.plugins.module_utils.undoing import (
    as_before,
    joined,
    new_since,
    surplus,
)

ROLLOUT: dict[str, t.Any] = {
    "phase": {"type": "str", "required": True, "choices": ["begin", "prove", "finish", "undo"]},
    "projects": {"type": "list", "elements": "str"},
    "monitor": {"type": "float", "default": 10},
    "wait_timeout": {"type": "float", "default": 120},
}
RUNS = ("present", "started")
Json = t.Mapping[str, t.Any]


def run_rollout() -> None:
    """The whole of the module `rollout`."""
    spec = {**ROLLOUT, **CONNECTION, **COMMON, **INTERNAL}
    module = Module(argument_spec=spec, supports_check_mode=True)
    finish(module, lambda: PHASES[module.params["phase"]](module))


def begin(module: t.Any) -> Report:
    """Keep what was declared, unless a rollout that failed keeps something already."""
    return _kept(module, "present", "a rollout begins")


def end(module: t.Any) -> Report:
    """Drop what was kept."""
    return _kept(module, "absent", "what the rollout brought is well")


def _kept(module: t.Any, state: str, cause: str) -> Report:
    options = {"cause": cause, "engine": module.params["docker_host"]}
    return work(module, [KEPT], [Resource("kept", "stacks", state, options=options)])


def prove(module: t.Any) -> Report:
    """Look until all containers that were declared are well, and for a while after."""
    given, outside = module.params, this_host(module)
    declarations = outside.keeping.declared(given["docker_host"])
    names = [
        each["name"]
        for declaration in declarations
        if given["projects"] is None or declaration["project"] in given["projects"]
        for each in declaration["resources"]
        if each["kind"] == "container" and each["state"] in RUNS
    ]
    found = ailments(outside, names, given["monitor"], given["wait_timeout"])
    if found:
        raise SlipwayError("", "\n".join(map(str, found)))
    return Report((), Plan())


def undo(module: t.Any) -> Report:
    """Bring back what was kept, project by project, and drop it when all of that went well."""
    keeping = this_host(module).keeping
    kept = keeping.kept()
    if kept is None:
        return Report((), Plan())
    reports: list[Report] = []
    for declaration in _way_back(module, keeping, kept):
        reports.append(_bring_back(module, keeping, kept, declaration))
        if reports[-1].failed:
            return joined(reports)
    return joined([*reports, _kept(module, "absent", "all of it is back")])


def _way_back(module: t.Any, keeping: Keeping, kept: Json) -> list[Json]:
    """What was declared before, and nothing of the projects that have come since."""
    came = new_since(kept["declarations"], keeping.declared(module.params["docker_host"]))
    return [*kept["declarations"], *({**each, "resources": []} for each in came)]


def _bring_back(module: t.Any, keeping: Keeping, kept: Json, declaration: Json) -> Report:
    project = declaration["project"]
    outside = this_host(module, keeping.parcels if keeping.has_parcels else None)
    wanted = as_before(declaration, kept["images"])
    came = surplus(owned(outside, project), kept["there"].get(project, ()), wanted)

    def remember(outside: Host, report: Report) -> Report:
        if not report.failed:
            keeping.restore(declaration)
        return report

    report = work(
        module,
        KINDS,
        [resource(KINDS, each) for each in (*wanted, *came)],
        outside,
        remember,
        owner=project,
        labels={**declaration["labels"], PROJECT: project},
        workers=declaration["workers"],
    )
    if report.lacking:
        raise SlipwayError(
            "project {0}".format(project),
            "its content from the controller was not kept, since somebody had changed it on the host",
            "run the playbook with the files as they were",
        )
    return report


PHASES: dict[str, t.Callable[[t.Any], Report]] = {
    "begin": begin,
    "prove": prove,
    "finish": end,
    "undo": undo,
}
