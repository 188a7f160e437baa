# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists whose members have a key: the last member with a key wins, in the place of the first."""

from __future__ import annotations

import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.compose import mounts
from ansible_collections.slipway.docker.plugins.module_utils.compose.tree import (
    Branch,
    Path,
    Where,
    rewrite,
    table,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import ComposeError

Key = t.Callable[[t.Any], t.Any]


def _name(member: t.Any) -> t.Any:
    if not isinstance(member, str):
        raise ValueError("text")
    return member.partition("=")[0]


def _target(member: t.Any) -> t.Any:
    if isinstance(member, dict):
        return _needs(member, "target")
    return mounts.parse_volume(member)["target"] if isinstance(member, str) else ""


def _device(member: t.Any) -> t.Any:
    if isinstance(member, dict):
        return _needs(member, "target")
    parts = str(member).split(":")
    return parts[0] if len(parts) == 1 else parts[1]


def _needs(member: dict[str, t.Any], key: str) -> t.Any:
    if not isinstance(member.get(key), (str, int)):
        raise ValueError("a mapping with a {0}".format(key))
    return member[key]


def _plain(key: t.Any) -> t.Any:
    if isinstance(key, (list, dict)):
        raise ValueError("text, or a mapping whose keys hold text")
    return key


def _file_in(folder: str) -> Key:
    def key(member: t.Any) -> t.Any:
        if isinstance(member, dict):
            return member.get("target", "{0}/{1}".format(folder, member.get("source")))
        return "{0}/{1}".format(folder, member)

    return key


def _port(member: t.Any) -> t.Any:
    if not isinstance(member, dict):
        return str(member)
    parts = (member.get("host_ip", "0.0.0.0"), member.get("published"), _needs(member, "target"))
    return "{0}:{1}:{2}/{3}".format(*parts, member.get("protocol", "tcp"))


def _env_file(member: t.Any) -> t.Any:
    return _needs(member, "path") if isinstance(member, dict) else member


BY_NAME = (
    "annotations build.args build.additional_contexts build.platform build.tags build.labels "
    "cap_add cap_drop "
    "deploy.labels dns dns_opt dns_search environment labels links networks.*.aliases "
    "networks.*.link_local_ips "
    "profiles sysctls tmpfs"
)
ROWS: Branch[Key] = table(
    {
        "networks.*.labels": _name,
        "networks.*.ipam.options": _name,
        **{"services.*." + path: _name for path in BY_NAME.split()},
        "services.*.configs": _file_in(""),
        "services.*.secrets": _file_in("/run/secrets"),
        "services.*.env_file": _env_file,
        "services.*.expose": str,
        "services.*.ports": _port,
        "services.*.volumes": _target,
        "services.*.devices": _device,
    }
)


def settle(model: dict[str, t.Any], where: Where) -> dict[str, t.Any]:
    """A copy of the model whose keyed lists hold each key once."""

    def once(key: Key, value: t.Any, path: Path) -> t.Any:
        if not isinstance(value, list):
            return value
        found: dict[t.Any, t.Any] = {}
        for index, member in enumerate(value):
            try:
                found[_plain(key(member))] = member
            except ValueError as error:
                place = where(path + (index,))
                raise ComposeError(
                    place, "found {0!r}; accepted: {1}".format(member, error)
                ) from None
        return list(found.values())

    found: dict[str, t.Any] = rewrite(model, ROWS, once)
    return found
