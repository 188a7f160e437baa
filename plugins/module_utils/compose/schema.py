# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The check of a model against Compose's shapes, and the errors that say what doesn't fit."""

from __future__ import annotations

import difflib
import re
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.compose.json_schema import json_schema
from ansible_collections.slipway.docker.plugins.module_utils.compose.tree import Path, Where
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import ComposeError

_made: list[t.Any] = []


def validate(model: t.Any, where: Where) -> None:
    """Raises ComposeError at the first value of the model whose shape isn't Compose's."""
    worst = next(iter(sorted(_validator().iter_errors(model), key=_rank)), None)
    if worst is not None:
        raise _say(_deepest(worst), where)


def _validator() -> t.Any:
    """The validator, made once: its library takes longer to import than a file to check."""
    if not _made:
        try:
            import jsonschema
        except ImportError:
            problem = "jsonschema isn't installed on the controller"
            raise ComposeError("", problem, "pip install jsonschema") from None
        _made.append(jsonschema.Draft202012Validator(json_schema()))
    return _made[0]


def _rank(error: t.Any) -> tuple[int, list[str]]:
    return (len(error.absolute_path), [str(part) for part in error.absolute_path])


def _deepest(error: t.Any) -> t.Any:
    """The error of the choice that was meant: the one whose type fits."""
    while error.validator == "anyOf":
        fitting = [
            inner
            for inner in error.context
            if not (inner.validator in ("type", "enum") and len(inner.path) == 0)
        ]
        if not fitting:
            return error
        error = min(fitting, key=lambda inner: -len(inner.path))
    return error


def _say(error: t.Any, where: Where) -> ComposeError:
    path: Path = tuple(error.absolute_path)
    return SAID.get(error.validator, _say_type)(error, path, where)


def _say_type(error: t.Any, path: Path, where: Where) -> ComposeError:
    problem = "found {0}; accepted: {1}".format(
        _found(error.instance), error.schema.get("title", "a mapping")
    )
    return ComposeError(where(path), problem)


def _say_unknown(error: t.Any, path: Path, where: Where) -> ComposeError:
    known = sorted(error.schema.get("properties", ()))
    allowed = [re.compile(pattern) for pattern in error.schema.get("patternProperties", {})]
    unknown = [
        key
        for key in error.instance
        if key not in known and not any(rule.search(key) for rule in allowed)
    ]
    key = unknown[0]
    if not known:
        return ComposeError(
            where(path + (key,)),
            "the name {0!r} isn't accepted".format(key),
            "use letters, digits, . _ and -",
        )
    near = difflib.get_close_matches(key, known, 1)
    others = ", ".join(repr(other) for other in unknown[1:])
    problem = "unknown key {0!r}{1}".format(key, " (and {0})".format(others) if others else "")
    hint = (
        "did you mean {0!r}?".format(near[0]) if near else "accepted: {0}".format(", ".join(known))
    )
    return ComposeError(where(path + (key,)), problem, hint)


def _say_missing(error: t.Any, path: Path, where: Where) -> ComposeError:
    missing = [key for key in error.validator_value if key not in error.instance]
    return ComposeError(where(path), "the key {0!r} is missing".format(missing[0]), "add it")


def _say_repeated(error: t.Any, path: Path, where: Where) -> ComposeError:
    twice = next(
        (member for index, member in enumerate(error.instance) if member in error.instance[:index]),
        error.instance,
    )
    return ComposeError(
        where(path), "{0} stands twice in the list".format(_found(twice)), "keep one of the two"
    )


SAID: dict[str, t.Callable[[t.Any, Path, Where], ComposeError]] = {
    "additionalProperties": _say_unknown,
    "required": _say_missing,
    "uniqueItems": _say_repeated,
}


def _found(value: t.Any) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    if value is None:
        return "nothing"
    return (
        repr(value)
        if isinstance(value, str)
        else str(value).lower()
        if isinstance(value, bool)
        else str(value)
    )
