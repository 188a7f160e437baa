# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables replaced in every value of a file, never in keys; numbers and flags read from text."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.compose.template import (
    Lookup,
    TemplateError,
    substitute,
)
from ansible_collections.slipway.docker.plugins.module_utils.compose.tree import (
    Branch,
    Path,
    Where,
    table,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import ComposeError

FLAGS = {
    word: word in ("true", "y", "yes", "on")
    for word in ("true", "y", "yes", "on", "false", "n", "no", "off")
}
WHOLE = re.compile(r"[-+]?[0-9]+\Z")
Cast = t.Callable[[str], t.Any]


def _whole(text: str) -> int:
    if not WHOLE.match(text):
        raise ValueError("a whole number")
    return int(text)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise ValueError("a number") from None


def _flag(text: str) -> bool:
    found = FLAGS.get(text.lower())
    if found is None:
        raise ValueError("true or false")
    return found


WHOLES = (
    "cpu_count cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares oom_score_adj "
    "pids_limit scale "
    "ulimits.* ulimits.*.hard ulimits.*.soft healthcheck.retries ports.*.target deploy.replicas "
    "deploy.update_config.parallelism deploy.rollback_config.parallelism "
    "deploy.restart_policy.max_attempts "
    "deploy.placement.max_replicas_per_node"
)
NUMBERS = (
    "cpu_percent cpus deploy.update_config.max_failure_ratio "
    "deploy.rollback_config.max_failure_ratio"
)
SERVICE_FLAGS = (
    "init oom_kill_disable privileged read_only stdin_open tty healthcheck.disable "
    "depends_on.*.required "
    "depends_on.*.restart volumes.*.read_only volumes.*.volume.nocopy"
)
RESOURCE_FLAGS = (
    "networks.*.external networks.*.internal networks.*.attachable networks.*.enable_ipv4 "
    "networks.*.enable_ipv6 "
    "volumes.*.external secrets.*.external configs.*.external"
)
CASTS: Branch[Cast] = table(
    {
        **{"services.*." + path: _whole for path in WHOLES.split()},
        **{"services.*." + path: _number for path in NUMBERS.split()},
        **{"services.*." + path: _flag for path in SERVICE_FLAGS.split()},
        **dict.fromkeys(RESOURCE_FLAGS.split(), _flag),
    }
)
NOTHING: Branch[Cast] = Branch()


def interpolate(
    model: t.Any, lookup: Lookup, where: Where, warn: t.Callable[[str], None] = lambda text: None
) -> t.Any:
    """A copy of the model with its variables replaced; raises ComposeError at the first failure."""

    def text_at(text: str, casts: Branch[Cast], path: Path) -> t.Any:
        try:
            value = substitute(text, lookup, lambda name: warn(_unset(name)))
        except TemplateError as error:
            raise ComposeError(where(path), str(error), error.hint) from None
        return value if casts.row is None else _cast(casts.row, value, text, path)

    def _cast(cast: Cast, value: str, text: str, path: Path) -> t.Any:
        try:
            return cast(value)
        except ValueError as error:
            came = "" if value == text else " (from {0})".format(text)
            raise ComposeError(
                where(path), "found {0!r}{1}; accepted: {2}".format(value, came, error)
            ) from None

    def walk(value: t.Any, casts: Branch[Cast], path: Path) -> t.Any:
        if isinstance(value, str):
            return text_at(value, casts, path) if casts.row is not None or "$" in value else value
        if isinstance(value, dict):
            return {
                key: walk(member, casts.below(key) or NOTHING, path + (key,))
                for key, member in value.items()
            }
        if isinstance(value, list):
            return [
                walk(member, casts.below(index) or NOTHING, path + (index,))
                for index, member in enumerate(value)
            ]
        return value

    return walk(model, CASTS, ())


def _unset(name: str) -> str:
    return "the variable {0} isn't set; an empty text stands in for it".format(name)
