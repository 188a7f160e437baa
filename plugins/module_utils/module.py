# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The edge between Ansible and the core: options in, one result or one failure out."""

from __future__ import annotations

import contextlib
import typing as t

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.slipway.docker.plugins.module_utils.core.codec import (
    read_boolean,
    read_number,
    read_text,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.converge import Settings, converge
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import (
    InputError,
    SlipwayError,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.hide import scrub
from ansible_collections.slipway.docker.plugins.module_utils.core.kind import Kind, read
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Plan
from ansible_collections.slipway.docker.plugins.module_utils.core.report import Report
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import (
    Fate,
    Resource,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.saved import Saved
from ansible_collections.slipway.docker.plugins.module_utils.declaring import declare
from ansible_collections.slipway.docker.plugins.module_utils.kinds.labels import PROJECT
from ansible_collections.slipway.docker.plugins.module_utils.options import (
    COMMON,
    CONNECTION,
    INTERNAL,
    MANY,
)
from ansible_collections.slipway.docker.plugins.module_utils.outside.bare import bare_host
from ansible_collections.slipway.docker.plugins.module_utils.outside.host import NOWHERE, Host, host
from ansible_collections.slipway.docker.plugins.module_utils.outside.records import (
    Records,
    state_directory,
)
from ansible_collections.slipway.docker.plugins.module_utils.outside.sdk import Connection
from ansible_collections.slipway.docker.plugins.module_utils.outside.turn import turn

FATES: dict[str, t.Callable[[t.Any], t.Any]] = {
    "unit": read_text,
    "crew": read_text,
    "spare": read_number,
    "goes_on": read_boolean,
}
Options = t.Mapping[str, t.Any]
Expand = t.Callable[[Options], t.Sequence[Resource]]
Tell = t.Callable[[Report], t.Mapping[str, t.Any]]
After = t.Callable[[Host, Report], Report]


class Module(AnsibleModule):  # type: ignore[misc]
    """A module of ours: what it is called with stays out of the host's log."""

    def _log_invocation(self) -> None:
        self.log("Invoked; the options are not logged, since any of them may hold a secret")


def field_options(kind: Kind) -> dict[str, t.Any]:
    """The options that a kind's table makes."""
    return {
        field.name: {
            **field.codec.option,
            **({"aliases": list(field.aliases)} if field.aliases else {}),
            **({"no_log": True} if field.secret else {}),
        }
        for field in kind.fields
    }


def one_resource(kind: Kind, options: Options) -> list[Resource]:
    """The resource that a module's options declare."""
    name = options["name"]
    fields = read(kind, "{0} {1}".format(kind.name, name), options)
    rest = {key: value for key, value in options.items() if key not in fields}
    return [Resource(kind.name, name, options["state"], fields, rest)]


def run(
    kind: Kind,
    options: Options | None = None,
    kinds: t.Sequence[Kind] = (),
    expand: Expand | None = None,
) -> None:
    """The whole of a module for one kind.

    ``options``: argument specs beside the table's; ``kinds``: all that its resources are of, where
    these are several; ``expand``: makes resources of the options.
    """
    spec = {
        "name": {"type": "str", "required": True},
        "state": {"type": "str", "default": "present", "choices": list(kind.states)},
        **({} if expand else field_options(kind)),
        **(options or {}),
        **CONNECTION,
        **COMMON,
        **INTERNAL,
    }
    module = Module(argument_spec=spec, supports_check_mode=True)
    make = expand or (lambda given: one_resource(kind, given))
    finish(module, lambda: work(module, kinds or (kind,), make(module.params)))


def work(
    module: t.Any,
    kinds: t.Sequence[Kind],
    wanted: t.Sequence[Resource],
    outside: Host | None = None,
    after: After = lambda outside, report: report,
    **settings: t.Any,
) -> Report:
    """One convergence of this host, its records kept; `after` it, where it was for real, comes more."""
    outside = outside or this_host(module)
    with _turn(module, _what(wanted, settings.get("owner"))) as tell:
        records = Records(NOWHERE if module.params["_without_python"] else state_directory())
        chosen = Settings(
            check_mode=module.check_mode,
            consent=tuple(module.params["consent"]),
            expected=frozenset(module.params["_expected"]),
            saved=saved_plan(module.params["_saved"]),
            parcels=outside.parcels.digests,
            announce=lambda plan: tell(_summary(plan)),
            **settings,
        )
        report = converge(kinds, wanted, outside, records, chosen)
        return after(outside, report) if records.is_saved else report


def _turn(module: t.Any, what: str) -> t.ContextManager[t.Callable[[str], None]]:
    """This run's turn, which who only looks needs none of."""
    if module.check_mode:
        return contextlib.nullcontext(lambda doing: None)
    given = module.params
    engine = given.get("docker_host", Connection.docker_host)
    return turn(state_directory(), engine, what, given["lock_timeout"])


def _what(wanted: t.Sequence[Resource], owner: str | None) -> str:
    names = ", ".join(resource.identity for resource in wanted)
    return "project {0}".format(owner) if owner else names


def _summary(plan: Plan) -> str:
    if not plan.lines:
        return "nothing to do"
    steps = "{0} step{1}".format(len(plan.lines), "" if len(plan.lines) == 1 else "s")
    return "{0}; the first: {1}".format(steps, plan.lines[0])


def saved_plan(given: Options | None) -> Saved | None:
    """The plan to hold to, or None where any plan will do."""
    return None if given is None else Saved(tuple(given["plan"]), given["fingerprints"])


def this_host(module: t.Any, parcels: str | None = None) -> Host:
    """The outside that a module's options lead to; `parcels` that are here already need not come along."""
    if module.check_mode and module.params["_without_python"]:
        return bare_host(module.params["_without_python"])
    given = {name: module.params[name] for name in CONNECTION if name in module.params}
    return host(Connection(**given), state_directory(), parcels or module.params["_parcels"])


def finish(module: t.Any, job: t.Callable[[], Report], tell: Tell = lambda report: {}) -> None:
    """Leave the module with a job's result and what there is to `tell`, or with its one failure."""

    def told() -> tuple[str, dict[str, t.Any]]:
        report = job()
        for warning in report.warnings:
            module.warn(warning)
        return report.failure(), {**report.result(), **tell(report)}

    _leave(module, told)


def look_only(spec: Options, look: t.Callable[[Host], t.Mapping[str, t.Any]]) -> None:
    """The whole of a module that changes nothing: what a `look` at the host tells."""
    module = Module(argument_spec={**spec, **INTERNAL}, supports_check_mode=True)
    _leave(module, lambda: ("", {"changed": False, **look(this_host(module))}))


def _leave(module: t.Any, told: t.Callable[[], tuple[str, dict[str, t.Any]]]) -> None:
    try:
        problem, result = told()
    except SlipwayError as error:
        problem, result = scrub(str(error)), {}
    if problem:
        module.fail_json(msg=problem, **result)
    module.exit_json(**result)


def run_many(kinds: t.Sequence[Kind]) -> None:
    """The whole of a module for resources of many kinds."""
    spec = {**MANY, **CONNECTION, **COMMON, **INTERNAL}
    module = Module(argument_spec=spec, supports_check_mode=True)
    given = module.params
    settings = {
        "owner": given["project"],
        "labels": {**given["labels"], **({PROJECT: given["project"]} if given["project"] else {})},
        "orphans": given["orphans"],
        "workers": given["workers"],
        "on_failure": given["on_failure"],
    }

    def job() -> Report:
        wanted = [resource(kinds, each) for each in given["resources"]]
        return work(module, kinds, wanted, after=remember, **settings)

    def remember(outside: Host, report: Report) -> Report:
        return declare(outside.keeping, given, report) if given["project"] else report

    finish(module, job)


def resource(kinds: t.Sequence[Kind], declared: t.Mapping[str, t.Any]) -> Resource:
    """One resource out of a list of many."""
    kind = next((kind for kind in kinds if kind.name == declared.get("kind")), None)
    if kind is None:
        known = "one of {0}".format(", ".join(each.name for each in kinds))
        raise InputError("resources", "found kind {0!r}".format(declared.get("kind")), known)
    name = str(declared.get("name", ""))
    fields = declared.get("fields") or {}
    unknown = set(fields) - {field.name for field in kind.fields}
    if unknown:
        problem = "no such field: {0}".format(", ".join(sorted(unknown)))
        raise InputError("{0} {1}".format(kind.name, name), problem)
    return Resource(
        kind.name,
        name,
        declared.get("state") or "present",
        read(kind, "{0} {1}".format(kind.name, name), fields),
        declared.get("options") or {},
        tuple(declared.get("needs") or ()),
        fate("{0} {1}".format(kind.name, name), declared.get("fate") or {}),
    )


def fate(where: str, declared: t.Mapping[str, t.Any]) -> Fate:
    """What a failure of a resource means to others."""
    read: dict[str, t.Any] = {}
    for name, value in declared.items():
        try:
            read[name] = FATES[name](value)
        except (KeyError, ValueError) as error:
            accepted = str(error) if name in FATES else "one of {0}".format(", ".join(FATES))
            raise InputError(
                "{0}.fate.{1}".format(where, name),
                "found {0!r}".format(value),
                "accepted is {0}".format(accepted),
            ) from None
    return Fate(**read)
