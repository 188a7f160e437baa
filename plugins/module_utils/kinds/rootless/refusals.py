# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is refused before anything is touched."""

from __future__ import annotations

import difflib
import re
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError, Refused
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Request
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Resource
from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless import subids, unit
from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless.facts import (
    SUBGID,
    SUBUID,
    HostFacts,
    UserFacts,
    config_of,
    unit_of,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless.fields import (
    ENVIRONMENT,
    NAMES,
    NOT_YET,
    UNFIT,
)

USER = re.compile(r"[A-Za-z_][A-Za-z0-9_.@-]*\$?\Z")
SETTLED_BY_FIRST_START = ("data-root", "storage-driver")
Problem = t.Optional[InputError]


def check(wanted: Resource) -> None:
    """Refuse what can be told from the declaration alone."""
    if not USER.match(wanted.name):
        found = "found {0!r}".format(wanted.name)
        raise InputError("rootless.user", found, "accepted is the name of an account")
    for name, value in (wanted.fields.get(ENVIRONMENT) or {}).items():
        where = "{0}.environment.{1}".format(wanted.identity, name)
        if not unit.NAME.match(name):
            raise InputError(where, "no name of a variable", "use letters, digits and _")
        if "\n" in value:
            raise InputError(where, "it has more than one line", "a unit takes one line")


def check_keys(user: str, declared: t.Mapping[str, t.Any]) -> None:
    """Refuse keys that no engine knows, and those that a user's engine can't take."""
    for name in declared:
        where = "rootless {0}.config.{1}".format(user, name)
        if name not in NAMES:
            near = difflib.get_close_matches(str(name), NAMES, 1)
            manual = "see the dockerd manual for the keys of daemon.json"
            hint = "did you mean {0}?".format(near[0]) if near else manual
            raise InputError(where, "no such key of daemon.json", hint)
        if name in NOT_YET:
            raise InputError(where, "this key is not supported yet", "leave it out")
        if name in UNFIT:
            raise InputError(where, UNFIT[name], "leave it out")


def refuse(request: Request, host: HostFacts, user: UserFacts) -> None:
    """Refuse what this host or this user can't have."""
    where, is_wanted = request.wanted.identity, request.wanted.state != "absent"
    for rule in (*ALWAYS, *PRESENT) if is_wanted else ALWAYS:
        problem = rule(where, host, user)
        if problem is not None:
            raise problem
    if is_wanted:
        _refuse_settled(request, user)
    elif request.wanted.options.get("remove_data"):
        _refuse_mounts(where, user)


def _no_root(where: str, host: HostFacts, user: UserFacts) -> Problem:
    if host.is_root:
        return None
    hint = "add become: true to the play, or log in as root"
    return InputError(where, "it needs root, and this run is {0!r}".format(host.user), hint)


def _is_root(where: str, host: HostFacts, user: UserFacts) -> Problem:
    if user.account is None or user.account.uid != 0:
        return None
    hint = "name an account without rights; root's engine is the one of the host"
    return InputError(where, "root has no rootless engine", hint)


def _no_account(where: str, host: HostFacts, user: UserFacts) -> Problem:
    if user.account is not None:
        return None
    name = where.partition(" ")[2]
    hint = "create it first: useradd --create-home {0}".format(name)
    return InputError(where, "no such account on this host", hint)


def _no_home(where: str, host: HostFacts, user: UserFacts) -> Problem:
    if user.has_home:
        return None
    home, name = user.account.home, user.account.name
    hint = "make it: install -d -m 700 -o {0} {1}".format(name, home)
    return InputError(where, "the user's home {0} is not there".format(home), hint)


def _no_systemd(where: str, host: HostFacts, user: UserFacts) -> Problem:
    if host.has_systemd:
        return None
    problem = "this host isn't run by systemd, whose user manager would run the engine"
    return InputError(where, problem, "use a host with systemd, or leave rootless out")


def _no_namespaces(where: str, host: HostFacts, user: UserFacts) -> Problem:
    if not host.forbids:
        return None
    problem, hint = host.forbids
    said = "the kernel doesn't let users make namespaces: {0}".format(problem)
    return InputError(where, said, hint)


def _no_subids(where: str, host: HostFacts, user: UserFacts) -> Problem:
    owners = (user.account.name, str(user.account.uid))
    lacking = [
        path
        for path, ranges in ((SUBUID, host.subuids), (SUBGID, host.subgids))
        if not subids.has_enough(ranges, owners)
    ]
    if not lacking:
        return None
    if user.account.name not in host.local:
        problem = (
            "no {0} subordinate ids in {1}, and none can be given to an account that isn't in"
            " /etc/passwd".format(subids.ENOUGH, lacking[0])
        )
        hint = "add a line to {0}: {1}:FIRST:{2}".format(lacking[0], owners[0], subids.ENOUGH)
        return InputError(where, problem, hint)
    if not subids.free((*host.subuids, *host.subgids)):
        problem = "no {0} numbers are free in {1}".format(subids.ENOUGH, lacking[0])
        return InputError(where, problem, "take some from an account that needs none")
    return None


def _foreign_unit(where: str, host: HostFacts, user: UserFacts) -> Problem:
    if user.unit is None or user.note.has_unit or unit.is_ours(user.unit):
        return None
    problem = "a unit is there that we didn't write: {0}".format(unit_of(user.account))
    hint = "stop it and move it away, or run dockerd-rootless-setuptool.sh uninstall as the user"
    return InputError(where, problem, hint + "; what the engine holds stays")


def _started_by_hand(where: str, host: HostFacts, user: UserFacts) -> Problem:
    if user.runs or not user.answers:
        return None
    problem = "an engine answers on {0} that no unit of ours started".format(user.socket)
    return InputError(where, problem, "stop it first, and run again")


def _bad_config(where: str, host: HostFacts, user: UserFacts) -> Problem:
    if not user.config.problem:
        return None
    hint = "mend it by hand, or move it away; nothing was touched"
    return InputError(config_of(user.account), user.config.problem, hint)


ALWAYS = (_no_root, _is_root)
PRESENT = (
    _no_account,
    _no_systemd,
    _no_home,
    _no_namespaces,
    _no_subids,
    _foreign_unit,
    _started_by_hand,
    _bad_config,
)


def _refuse_settled(request: Request, user: UserFacts) -> None:
    names = [each.field for each in request.changes if each.field in SETTLED_BY_FIRST_START]
    if names and (user.runs or user.has_data):
        raise Refused(
            "{0}.config.{1}".format(request.wanted.identity, names[0]),
            "this engine has run without it: its containers and images would be out of sight",
            "moving what is there is not supported yet; leave the key as it is",
        )


def _refuse_mounts(where: str, user: UserFacts) -> None:
    if user.mounts:
        mounts = ", ".join(user.mounts[:3])
        problem = "something is mounted in {0}: {1}".format(user.data_root, mounts)
        raise Refused(where, problem, "unmount it first, and run again")
