# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What there is of users' engines, and what each of them would stand on."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.field import from_engine
from ansible_collections.slipway.docker.plugins.module_utils.core.kind import Survey
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Found
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine import config
from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless import (
    notes,
    service,
    subids,
    unit,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless.facts import (
    HOST,
    SUBGID,
    SUBUID,
    HostFacts,
    UserFacts,
    config_of,
    link_of,
    socket_of,
    unit_of,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.rootless.fields import (
    ENVIRONMENT,
    KEYS,
)

CLONE = "/proc/sys/kernel/unprivileged_userns_clone"
MOST = "/proc/sys/user/max_user_namespaces"
APPARMOR = "/proc/sys/kernel/apparmor_restrict_unprivileged_userns"
PROFILES = ("/etc/apparmor.d/rootlesskit", "/etc/apparmor.d/usr.bin.rootlesskit")
LINGER = "/var/lib/systemd/linger/{0}"


def observe(outside: t.Any, survey: Survey) -> dict[str, Found]:
    """The host, and each user's engine if there is any of it."""
    users = {each.name: look_at_user(outside, each.name) for each in survey.wanted}
    seen = {"host": look_at_host(outside), "users": users}
    found = {HOST: Found("rootless", HOST, facts=seen)}
    for name, user in users.items():
        if user.unit is not None or user.config.text is not None or user.answers:
            values = from_engine(KEYS, user.config.values)
            variables = unit.environment(user.unit)
            values.update({ENVIRONMENT: variables} if variables else {})
            found[name] = Found("rootless", name, name, values, defaults(user))
    return found


def look_at_host(outside: t.Any) -> HostFacts:
    """What every user's engine stands on."""
    accounts = (outside.read_bytes("/etc/passwd") or b"").decode("utf-8", "replace").splitlines()
    return HostFacts(
        is_root=outside.machine.is_root,
        user=outside.machine.user,
        has_systemd=bool(outside.exists("/run/systemd/system")),
        forbids=forbids(outside),
        subuids=subids.parse(outside.read_bytes(SUBUID)),
        subgids=subids.parse(outside.read_bytes(SUBGID)),
        local=frozenset(line.partition(":")[0] for line in accounts),
    )


def look_at_user(outside: t.Any, name: str) -> UserFacts:
    """A user, and the user's engine as it is."""
    account, note = outside.machine.account(name), notes.read(outside, name)
    if account is None or account.uid == 0 or not outside.machine.is_root:
        return UserFacts(account, note=note)
    lingers = bool(outside.exists(LINGER.format(name)))
    user = UserFacts(account, lingers=lingers, note=note, **_files(outside, account))
    user = dataclasses.replace(user, **_answers(outside, account))
    return dataclasses.replace(
        user,
        has_data=user.data_root in outside.homes.look(account, [user.data_root]),
        mounts=tuple(outside.machine.mounts_below(user.data_root)),
    )


def _files(outside: t.Any, account: t.Any) -> dict[str, t.Any]:
    paths = [account.home, config_of(account), unit_of(account), link_of(account)]
    files = outside.homes.look(account, paths)
    file, text = files.get(config_of(account)), files.get(unit_of(account))
    return {
        "has_home": account.home in files,
        "config": config.parse(file and file.data, file and file.mode),
        "unit": text and text.data.decode("utf-8", "surrogateescape"),
        "unit_mode": text.mode if text else 0o600,
        "service": service.look(outside, account, link_of(account) in files),
    }


def _answers(outside: t.Any, account: t.Any) -> dict[str, t.Any]:
    api = outside.api(socket_of(account))
    version = api.get("/version") or {}
    info = (api.get("/info") or {}) if version else {}
    containers = running(api) if info.get("ContainersRunning") else ()
    return {"version": version, "info": info, "containers": containers}


def defaults(user: UserFacts) -> dict[str, t.Any]:
    """What the engine took for itself where its file doesn't say."""
    taken = {"data-root": user.info.get("DockerRootDir"), "storage-driver": user.info.get("Driver")}
    return {name: told for name, told in taken.items() if told and name not in user.config.values}


def forbids(outside: t.Any) -> tuple[str, str] | tuple[()]:
    """Why the kernel gives users no namespaces, and what to type."""
    if _number(outside, CLONE) == 0:
        return (
            "kernel.unprivileged_userns_clone is 0",
            _sysctl("kernel.unprivileged_userns_clone=1"),
        )
    if _number(outside, MOST) == 0:
        return ("user.max_user_namespaces is 0", _sysctl("user.max_user_namespaces=28633"))
    if _number(outside, APPARMOR) and not any(outside.exists(path) for path in PROFILES):
        setting = "kernel.apparmor_restrict_unprivileged_userns"
        problem = "{0} is 1, and rootlesskit has no AppArmor profile ({1})".format(
            setting, PROFILES[0]
        )
        return (problem, _sysctl(setting + "=0"))
    return ()


def running(api: t.Any) -> tuple[str, ...]:
    """The names of the containers that run."""
    found = api.get("/containers/json") or []
    return tuple(sorted(each["Names"][0].lstrip("/") for each in found if each.get("Names")))


def _number(outside: t.Any, path: str) -> int | None:
    text = (outside.read_bytes(path) or b"").strip()
    return int(text) if text.isdigit() else None


def _sysctl(setting: str) -> str:
    return "type: sysctl -w {0}; and write it to /etc/sysctl.d/50-rootless.conf".format(setting)
