# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every field in its one type: texts, numbers, flags, bytes, durations, mappings; a row is a key and its codec."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import ComposeError
from ansible_collections.slipway.docker.plugins.module_utils.compose import shellwords
from ansible_collections.slipway.docker.plugins.module_utils.compose.scalars import spell
from ansible_collections.slipway.docker.plugins.module_utils.compose.tree import Path, Where, rewrite, table
from ansible_collections.slipway.docker.plugins.module_utils.compose.units import read_size, read_span, spell_span

Codec = t.Callable[[t.Any], t.Any]
FLAGS = {word: word in ("true", "y", "yes", "on") for word in ("true", "y", "yes", "on", "false", "n", "no", "off")}
WHOLE = re.compile(r"[-+]?[0-9]+\Z")
OCTAL = re.compile(r"0?[oO]?([0-7]+)\Z")


def text(value: t.Any) -> t.Any:
    """Text; a number or a flag is spelt."""
    if isinstance(value, (dict, list)):
        raise ValueError("text")
    return value if value is None or isinstance(value, str) else spell(value)


def texts(value: t.Any) -> t.Any:
    """A list of texts; one text is a list of one."""
    if isinstance(value, list):
        return [text(member) for member in value]
    return value if value is None else [text(value)]


def pairs(value: t.Any) -> t.Dict[str, t.Optional[str]]:
    """Names to texts, or to nothing where no value is given."""
    if isinstance(value, dict):
        return {name: text(member) for name, member in value.items()}
    return {name: rest if sign else None for name, sign, rest in (_cut(member) for member in _members(value))}


def variables(value: t.Any) -> t.Dict[str, t.Optional[str]]:
    """Environment variables; a name may not end in a space."""
    found = pairs(value)
    for name in found:
        if name != name.rstrip():
            raise ValueError("no space between the name {0!r} and its =".format(name.rstrip()))
    return found


def mapping(value: t.Any) -> t.Dict[str, str]:
    """Names to texts; a name without a value has an empty one."""
    return {name: member or "" for name, member in pairs(value).items()}


def hosts(value: t.Any) -> t.List[str]:
    """Host names and addresses, as `name=address`, one address each."""
    found: t.Dict[str, t.List[str]] = {}
    for name, address in _host_pairs(value):
        if not name or re.search("[:=]", name):
            raise ValueError("name=address; found the name {0!r}".format(name))
        bare = address[1:-1] if len(address) > 2 and address[0] == "[" and address[-1] == "]" else address
        found.setdefault(name, []).extend(bare.split(","))
    return ["{0}={1}".format(name, address) for name in sorted(found) for address in found[name]]


def _host_pairs(value: t.Any) -> t.List[t.Tuple[str, str]]:
    if isinstance(value, dict):
        return [(name, spell(one)) for name, many in value.items() for one in (many if isinstance(many, list) else [many])]
    return [_host_cut(spell(member)) for member in _members(value)]


def _host_cut(member: str) -> t.Tuple[str, str]:
    sign = "=" if "=" in member else ":"
    if sign not in member:
        raise ValueError("name=address; found {0!r}".format(member))
    name, _sign, address = member.partition(sign)
    return name, address


def words(value: t.Any) -> t.Any:
    """A command as a list of words."""
    return shellwords.split(value)[0] if isinstance(value, str) else texts(value)


def health_test(value: t.Any) -> t.Any:
    """A health check's command; one text is for the shell."""
    return ["CMD-SHELL", value] if isinstance(value, str) else texts(value)


def span(value: t.Any) -> t.Any:
    """A duration in its shortest text."""
    return value if value is None else spell_span(read_span(spell(value)))


def flag(value: t.Any) -> t.Any:
    """true or false."""
    found = FLAGS.get(value.lower()) if isinstance(value, str) else value
    if found is not None and not isinstance(found, bool) or (found is None and value is not None):
        raise ValueError("true or false")
    return found


def whole(value: t.Any) -> t.Any:
    """A whole number."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and WHOLE.match(value):
        return int(value)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise ValueError("a whole number")
    return value


def number(value: t.Any) -> t.Any:
    """A number."""
    if isinstance(value, (dict, list, bool)):
        raise ValueError("a number")
    try:
        return float(value) if isinstance(value, str) else value
    except ValueError:
        raise ValueError("a number") from None


def size(value: t.Any) -> t.Any:
    """Bytes."""
    return value if value is None else read_size(int(value) if isinstance(value, float) else value)


def mode(value: t.Any) -> t.Any:
    """The permissions of a file, in octal text like `0440`."""
    if isinstance(value, str):
        found = OCTAL.match(value)
        if found is None:
            raise ValueError("an octal mode like 0440")
        return "0" + "{0:o}".format(int(found.group(1), 8))
    return value if value is None else "0{0:o}".format(whole(value))


def count(value: t.Any) -> t.Any:
    """How many devices; -1 stands for all."""
    if value == "all":
        return -1
    try:
        return whole(value)
    except ValueError:
        raise ValueError("a number of devices, or all") from None


def many(value: t.Any) -> t.Any:
    """Names to lists of texts."""
    return {name: texts(member) for name, member in value.items()} if isinstance(value, dict) else value


def _cut(member: t.Any) -> t.Tuple[str, str, str]:
    return spell(member).partition("=")


def _members(value: t.Any) -> t.List[t.Any]:
    if not isinstance(value, list):
        raise ValueError("a mapping, or a list of NAME=value")
    return value


HOOKS = ("post_start.*.", "pre_start.*.", "pre_stop.*.", "develop.watch.*.exec.")
ROLLOUTS = ("deploy.update_config.", "deploy.rollback_config.")
RATES = ("device_read_bps", "device_read_iops", "device_write_bps", "device_write_iops")
DEVICES = ("gpus.*.", "deploy.resources.reservations.devices.*.")


def _each(prefixes: t.Iterable[str], *keys: str) -> t.List[str]:
    return [prefix + key for prefix in prefixes for key in keys]


SERVICE_ROWS: t.Dict[Codec, t.List[str]] = {
    variables: ["environment", "build.args", *_each(HOOKS, "environment")],
    mapping: [
        "annotations", "build.additional_contexts", "build.labels", "deploy.labels", "labels", "logging.options",
        "networks.*.driver_opts", "storage_opt", "sysctls", "volumes.*.volume.labels", *_each(DEVICES, "options"),
    ],
    hosts: ["extra_hosts", "build.extra_hosts"],
    words: ["command", "entrypoint", *_each(HOOKS, "command")],
    health_test: ["healthcheck.test"],
    texts: [
        "build.cache_from", "build.cache_to", "build.entitlements", "build.no_cache_filter", "build.platforms",
        "build.tags", "develop.watch.*.ignore", "develop.watch.*.include", "dns", "dns_search", "expose", "group_add",
        "tmpfs", *_each(DEVICES, "capabilities", "device_ids"),
    ],
    text: [
        "build.provenance", "build.sbom", "image", "hostname", "ports.*.published", *_each(("configs.*.", "secrets.*.", "build.secrets.*."), "uid", "gid"),
    ],
    span: [
        "stop_grace_period", *_each(("healthcheck.",), "interval", "timeout", "start_period", "start_interval"),
        *_each(ROLLOUTS, "delay", "monitor"), *_each(("deploy.restart_policy.",), "delay", "window"),
    ],
    size: [
        "mem_limit", "mem_reservation", "memswap_limit", "mem_swappiness", "shm_size", "build.shm_size",
        "volumes.*.tmpfs.size", "deploy.resources.limits.memory", "deploy.resources.reservations.memory",
        *_each(("blkio_config." + rate + ".*." for rate in RATES), "rate"),
    ],
    mode: ["configs.*.mode", "secrets.*.mode", "build.secrets.*.mode", "volumes.*.tmpfs.mode"],
    count: _each(DEVICES, "count"),
    many: ["provider.options"],
    number: [
        "cpus", "cpu_percent", "deploy.resources.limits.cpus", "deploy.resources.reservations.cpus",
        *_each(ROLLOUTS, "max_failure_ratio"),
    ],
    whole: [
        "cpu_count", "cpu_period", "cpu_quota", "cpu_rt_period", "cpu_rt_runtime", "cpu_shares", "healthcheck.retries",
        "oom_score_adj", "pids_limit", "scale", "ports.*.target", "deploy.replicas", "deploy.resources.limits.pids",
        "deploy.restart_policy.max_attempts", "deploy.placement.max_replicas_per_node", "blkio_config.weight",
        "blkio_config.weight_device.*.weight", "networks.*.priority", "networks.*.gw_priority",
        "deploy.resources.reservations.generic_resources.*.discrete_resource_spec.value",
        *_each(ROLLOUTS, "parallelism"),
        *_each(("ulimits.*.", "build.ulimits.*."), "soft", "hard"),
    ],
    flag: [
        "attach", "init", "oom_kill_disable", "privileged", "read_only", "stdin_open", "tty", "use_api_socket",
        "build.no_cache", "build.privileged", "build.pull", "healthcheck.disable", "develop.watch.*.initial_sync",
        "env_file.*.required", *_each(("depends_on.*.",), "required", "restart"),
        *_each(("volumes.*.",), "read_only", "bind.create_host_path", "volume.nocopy"),
        *_each(HOOKS, "privileged", "per_replica"),
    ],
}
RESOURCE_ROWS: t.Dict[Codec, t.List[str]] = {
    mapping: [
        *_each(("networks.*.", "volumes.*.", "secrets.*.", "configs.*."), "labels", "driver_opts"),
        "networks.*.ipam.options", "networks.*.ipam.config.*.aux_addresses",
    ],
    flag: [
        *_each(("networks.*.", "volumes.*.", "secrets.*.", "configs.*."), "external"),
        *_each(("networks.*.",), "internal", "attachable", "enable_ipv4", "enable_ipv6"),
    ],
    whole: ["models.*.context_size"],
    texts: ["models.*.runtime_flags"],
}


def _limit(value: t.Any) -> t.Any:
    return value if isinstance(value, dict) else whole(value)


ROWS = table(
    {
        **{"services.*." + path: codec for codec, paths in SERVICE_ROWS.items() for path in paths},
        **{path: codec for codec, paths in RESOURCE_ROWS.items() for path in paths},
        "services.*.ulimits.*": _limit,
        "services.*.build.ulimits.*": _limit,
    }
)


def typed(model: t.Dict[str, t.Any], where: Where) -> t.Dict[str, t.Any]:
    """A copy of the canonical model with every field in its type; raises ComposeError at the first that isn't."""

    def read(codec: Codec, value: t.Any, path: Path) -> t.Any:
        try:
            return value if value is None else codec(value)
        except ValueError as error:
            raise ComposeError(where(path), "found {0!r}; accepted: {1}".format(value, error)) from None

    found: t.Dict[str, t.Any] = rewrite(model, ROWS, read)
    return found


def cut_commands(model: t.Mapping[str, t.Any], where: Where) -> t.List[str]:
    """A warning for each command whose end isn't used, since no shell reads it."""
    found = []
    for name, service in (model.get("services") or {}).items():
        for key in ("command", "entrypoint"):
            value = service.get(key) if isinstance(service, dict) else None
            rest = _rest(value) if isinstance(value, str) else ""
            if rest:
                place = where(("services", name, key))
                found.append("{0}: {1!r} isn't used, since no shell reads it; write sh -c '...'".format(place, rest))
    return found


def _rest(value: str) -> str:
    try:
        return shellwords.split(value)[1]
    except ValueError:
        return ""
