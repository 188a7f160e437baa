# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The resources that the module's options declare: a storage and the volume over it."""

from __future__ import annotations

import typing as t
import uuid

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import (
    Resource,
    identity,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage import (
    declared,
    facts,
    local,
    options,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage.drivers import (
    CONFIG,
    CREDENTIALS,
    DRIVERS,
    KEY,
    KNOWN_HOSTS,
    LOCAL,
    NAMES,
    Driver,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.storage.fields import AS_WRITTEN

Given = t.Mapping[str, t.Any]
SOCKET = "unix://"
ACCESS = ("rwx", "rox", "rwo")
REPLACE = ("when_unused", "never", "stop_containers")
STORAGE: dict[str, t.Any] = {
    "name": {"type": "str", "required": True},
    "state": {"type": "str", "default": "present", "choices": ["present", "absent"]},
    "driver": {"type": "str", "choices": list(NAMES)},
    "source": {
        "type": "dict",
        "default": {},
        "options": {
            "server": {"type": "str"},
            "path": {"type": "str"},
            "user": {"type": "str"},
            "port": {"type": "int"},
            "host_keys": {"type": "list", "elements": "str", "no_log": False},
            "type": {"type": "str"},
        },
    },
    "subdir": {"type": "str", "default": "data"},
    "create_subdir": {
        "type": "dict",
        "options": {
            "owner": {"type": "int"},
            "group": {"type": "int"},
            "mode": {"type": "str", "default": "0750"},
        },
    },
    "access": {"type": "str", "default": "rwx", "choices": list(ACCESS)},
    "mount": {"type": "dict", "default": {}},
    "secret": {
        "type": "dict",
        "default": {},
        "no_log": False,
        "options": {
            "key": {"type": "str", "no_log": True},
            "username": {"type": "str"},
            "password": {"type": "str", "no_log": True},
            "domain": {"type": "str"},
            "config": {"type": "str", "no_log": True},
        },
    },
    "required": {"type": "bool", "default": False},
    "marker": {"type": "bool", "default": True},
    "share_id": {"type": "str"},
    "replace": {"type": "str", "default": "when_unused", "choices": list(REPLACE)},
    "purge": {"type": "str", "default": ""},
}
OPTIONS: dict[str, t.Any] = {
    "storages": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "aliases": ["volumes"],
        "options": STORAGE,
    },
}
HOW = ("subdir", "access", "replace", "purge")


def storages(given: Given) -> list[Resource]:
    """All resources of a run."""
    engine = str(given.get("docker_host", SOCKET))
    if not engine.startswith(SOCKET):
        raise InputError(
            "storage.docker_host",
            "found {0!r}".format(engine),
            "a mount of this host is of no use to another's engine; run it there, with {0}".format(
                SOCKET
            ),
        )
    return [resource for each in given["storages"] for resource in storage(each)]


def storage(given: Given) -> list[Resource]:
    """A storage and its volume, each needing the other as long as it is there."""
    name, where = given["name"], identity("storage", given["name"])
    declared.purge(where, name, given)
    if given["state"] == "absent":
        gone = Resource("storage", name, "absent", {}, _how(given), (identity("volume", name),))
        return [gone, Resource("volume", name, "absent")]
    kind = declared.driver_of(where, given)
    if kind == LOCAL:
        return [_local(where, given)]
    declared.subdir(where, given["subdir"])
    mounted = Resource("storage", name, "present", _fields(where, kind, given), _how(given))
    return [mounted, _volume(given, (mounted.identity,))]


def share_id(given: Given) -> str:
    """What tells this share from another one that might be mounted in its place."""
    source = given["source"]
    where = "{0}:{1}".format(source.get("server") or "", source["path"])
    return given.get("share_id") or str(uuid.uuid5(uuid.NAMESPACE_URL, "slipway:" + where))


def _fields(where: str, kind: str, given: Given) -> dict[str, t.Any]:
    driver, source = DRIVERS[kind], given["source"]
    declared.source(where, driver, source)
    declared.secrets(where, driver, given["secret"])
    return {
        "driver": kind,
        "source": driver.spell(source),
        "options": _options(where, driver, given),
        "required": given["required"],
        "files": AS_WRITTEN,
        **_maybe("secret", _secret(driver, given)),
        **_maybe("share", share_id(given) if _is_marked(given) else None),
    }


def _is_marked(given: Given) -> bool:
    """A share that we may not write to can only have a marker that somebody names."""
    return bool(given["marker"]) and (given["access"] != "rox" or bool(given.get("share_id")))


def _options(where: str, driver: Driver, given: Given) -> dict[str, str]:
    chosen = options.read(where + ".mount", driver.table, given["mount"], driver.defaults)
    declared.hardness(where, given["access"], chosen)
    if "hard" in driver.options and not set(declared.HARDNESS) & set(chosen):
        chosen["hard"] = options.ON
    if given["access"] == "rox":
        chosen["ro"] = options.ON
    if given["source"].get("port"):
        chosen["port"] = str(given["source"]["port"])
    return dict(sorted(chosen.items()))


def _secret(driver: Driver, given: Given) -> dict[str, str]:
    """The root-only files, by name."""
    secret, source = given["secret"], given["source"]
    files = {KEY: secret.get("key"), CONFIG: secret.get("config")}
    if source.get("host_keys"):
        files[KNOWN_HOSTS] = known_hosts(source)
    if "password" in driver.secrets:
        names = ("username", "password", "domain")
        files[CREDENTIALS] = "\n".join(
            "{0}={1}".format(name, secret[name]) for name in names if secret.get(name)
        )
    return {name: text.rstrip("\n") + "\n" for name, text in files.items() if text}


def known_hosts(source: Given) -> str:
    """The server's keys as ssh looks them up."""
    server, port = source["server"], source.get("port")
    host = "[{0}]:{1}".format(server, port) if port and port != 22 else server
    keys = (" ".join(key.split()[:2]) for key in source["host_keys"])
    return "".join("{0} {1}\n".format(host, key) for key in keys)


def _maybe(name: str, value: t.Any) -> dict[str, t.Any]:
    return {name: value} if value else {}


def _how(given: Given) -> dict[str, t.Any]:
    source = given["source"]
    reach = {"server": source.get("server") or "", "path": source.get("path") or ""}
    return {
        **{name: given[name] for name in HOW},
        **reach,
        "create_subdir": _creation(given),
        "declares": given.get("driver") or "",
    }


def _creation(given: Given) -> dict[str, int] | None:
    how = given["create_subdir"]
    if how is None:
        return None
    try:
        mode = int(options.octal(how["mode"]), 8)
    except ValueError as error:
        where = "{0}.create_subdir.mode".format(identity("storage", given["name"]))
        problem = "found {0!r}".format(how["mode"])
        raise InputError(where, problem, "accepted is {0}".format(error)) from None
    numbers = {each: -1 if how.get(each) is None else how[each] for each in ("owner", "group")}
    return {**numbers, "mode": mode}


def _local(where: str, given: Given) -> Resource:
    declared.only_for_local(where, given)
    opts = local.driver_opts(where, given["source"], given["mount"], given["access"])
    return Resource("volume", given["name"], "present", {"driver": "local", "driver_opts": opts})


def _volume(given: Given, needs: tuple[str, ...]) -> Resource:
    opts = {
        "type": "none",
        "o": "bind,ro" if given["access"] == "rox" else "bind",
        "device": facts.device(given["name"], given["subdir"]),
    }
    fields = {"driver": "local", "driver_opts": opts}
    return Resource("volume", given["name"], "present", fields, {}, needs)
