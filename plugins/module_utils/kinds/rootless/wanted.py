# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engines that the options of the engine's module declare: the host's, and those of its users."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.core.kind import read
from ansible_collections.slipway.docker.plugins.module_utils.core.report import Report
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import (
    ENGINE,
    Resource,
    identity,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.wanted import engine
from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless import ROOTLESS
from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless.facts import (
    HOST,
    UserFacts,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless.fields import (
    ENVIRONMENT,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless.observe import (
    look_at_user,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless.packages import extras
from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless.refusals import (
    check_keys,
)

SUBOPTIONS: dict[str, t.Any] = {
    "user": {"type": "str", "required": True},
    "state": {"type": "str", "default": "present", "choices": list(ROOTLESS.states)},
    "config": {"type": "dict", "default": {}},
    "environment": {"type": "dict", "default": {}},
    "remove_data": {"type": "bool", "default": False},
}
OPTIONS: dict[str, t.Any] = {
    "rootless": {"type": "list", "elements": "dict", "default": [], "options": SUBOPTIONS}
}
Options = t.Mapping[str, t.Any]


def engines(options: Options) -> list[Resource]:
    """All engines of a host; what users' engines need is installed together with the host's."""
    users = [_rootless(options, each) for each in options["rootless"]]
    staying = [each for each in users if each.state != "absent"]
    if options["state"] == "absent":
        _refuse_orphans(staying)
        return [*users, dataclasses.replace(engine(options), needs=(ROOTLESS.name,))]
    more = extras(options["source"]).packages if staying else ()
    return [engine({**options, "packages": [*options["packages"], *more]}), *users]


def _rootless(options: Options, declared: Options) -> Resource:
    name, is_wanted = declared["user"], declared["state"] != "absent"
    config, environment = declared["config"] or {}, declared["environment"] or {}
    check_keys(name, config)
    fields: dict[str, t.Any] = {}
    if is_wanted:
        fields = read(ROOTLESS, "rootless {0}.config".format(name), config)
        fields.update(read(ROOTLESS, "rootless {0}".format(name), {ENVIRONMENT: environment}))
    rest = {
        "remove_data": declared["remove_data"],
        "wait_timeout": options["wait_timeout"],
        "script": extras(options["source"]).script,
    }
    needs = (ENGINE,) if is_wanted else ()
    return Resource("rootless", name, declared["state"], fields, rest, needs)


def _refuse_orphans(staying: t.Sequence[Resource]) -> None:
    for each in staying:
        raise InputError(
            each.identity,
            "it is wanted, and the engine that it is a second run of is to go",
            "set state: absent for {0} too, or keep the engine".format(each.name),
        )


def seen(outside: t.Any, report: Report, name: str) -> UserFacts:
    """A user's engine after a run; where nothing was done, as it was found."""
    asked = identity(ROOTLESS.name, name)
    mine = [each for _kind, each in report.requests if each.wanted.identity == asked]
    if mine and not report.outcomes:
        known: UserFacts = mine[0].snapshot[ROOTLESS.name][HOST].facts["users"][name]
        return known
    return look_at_user(outside, name)


def told(name: str, user: UserFacts) -> dict[str, t.Any]:
    """What a module returns of a user's engine."""
    socket = user.socket if user.account else ""
    return {
        "user": name,
        "socket": socket,
        "docker_host": "unix://{0}".format(socket) if socket else "",
        **_engine(user),
    }


def _engine(user: UserFacts) -> dict[str, t.Any]:
    return {
        "running": user.runs,
        "enabled": user.service.is_enabled and user.lingers,
        "version": user.version.get("Version", ""),
        "api_version": user.version.get("ApiVersion", ""),
        "storage_driver": user.info.get("Driver", ""),
        "cgroup_driver": user.info.get("CgroupDriver", ""),
        "data_root": user.data_root if user.account else "",
        "containers": list(user.containers),
        "warnings": user.info.get("Warnings") or [],
    }
