# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The check of a model against the tables of shapes.py, by a JSON schema that is made from them."""

from __future__ import annotations

import difflib
import re
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.compose.shapes import (
    SHAPES,
    TOP,
)
from ansible_collections.slipway.docker.plugins.module_utils.compose.tree import Path, Where
from ansible_collections.slipway.docker.plugins.module_utils.compose.words import NAME, Shape
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import ComposeError

Schema = t.Dict[str, t.Any]
TYPES = {"str": "string", "int": "integer", "num": "number", "bool": "boolean", "null": "null"}
WORDS = {
    "str": "text",
    "int": "a whole number",
    "num": "a number",
    "bool": "true or false",
    "null": "nothing",
    "any": "anything",
}
BOUNDED = re.compile(r"int\((-?\d*)\.\.(-?\d*)\)\Z")
OPEN, CLOSE = "[{(", "]})"


def validate(model: t.Any, where: Where) -> None:
    """Raises ComposeError at the first value of the model whose shape isn't Compose's."""
    worst = next(iter(sorted(_validator().iter_errors(model), key=_rank)), None)
    if worst is not None:
        raise _say(_deepest(worst), where)


def json_schema() -> Schema:
    """The JSON schema (draft 2020-12) of a Compose file."""
    shapes = {name: _mapping(shape) for name, shape in SHAPES.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_mapping(TOP),
        "$defs": shapes,
    }


_made: list[t.Any] = []


def _validator() -> t.Any:
    if not _made:
        try:
            import jsonschema
        except ImportError:
            raise ComposeError(
                "", "jsonschema isn't installed on the controller", "pip install jsonschema"
            ) from None
        _made.append(jsonschema.Draft202012Validator(json_schema()))
    return _made[0]


def _mapping(shape: Shape) -> Schema:
    schema: Schema = {
        "type": ["object", "null"] if shape.nullable else "object",
        "properties": {key: _words(words) for key, words in shape.rows.items()},
        "additionalProperties": False,
        "title": "a mapping",
    }
    if shape.extended:
        schema["patternProperties"] = {"^x-": {}}
    if shape.needs:
        schema["required"] = list(shape.needs)
    return schema


def _words(words: str) -> Schema:
    choices = _split(words)
    if all(choice in TYPES for choice in choices):
        return {
            "type": [TYPES[choice] for choice in choices],
            "title": " or ".join(WORDS[choice] for choice in choices),
        }
    schemas = [_choice(choice) for choice in choices]
    if len(schemas) == 1:
        return schemas[0]
    return {"anyOf": schemas, "title": " or ".join(_titles(schemas))}


def _titles(schemas: list[Schema]) -> list[str]:
    return [schema.get("title", "a mapping") for schema in schemas]


def _choice(word: str) -> Schema:
    if word in TYPES:
        return {"type": TYPES[word], "title": WORDS[word]}
    if word == "any":
        return {"title": WORDS[word]}
    bounded = BOUNDED.match(word)
    return _bounded(*bounded.groups()) if bounded else MAKERS[word[0]](word)


def _bounded(least: str, most: str) -> Schema:
    schema: Schema = {
        "type": "integer",
        "title": "a whole number from {0}{1}".format(least, " to " + most if most else " up"),
    }
    schema.update({"minimum": int(least)} if least else {})
    schema.update({"maximum": int(most)} if most else {})
    return schema


def _list(word: str) -> Schema:
    unique = word.endswith("!")
    members = _words(word[1 : -2 if unique else -1])
    title = "a list of {0}".format(_plain(members.get("title", "mappings")))
    return {
        "type": "array",
        "items": members,
        "title": title,
        **({"uniqueItems": True} if unique else {}),
    }


def _plain(title: str) -> str:
    return {"text": "texts", "a mapping": "mappings"}.get(title, title)


def _names(word: str) -> Schema:
    strict = word.endswith(":")
    members = _words(word[1 : -2 if strict else -1])
    title = "a mapping of names to {0}".format(_plain(members.get("title", "mappings")))
    if not strict:
        return {"type": "object", "additionalProperties": members, "title": title}
    return {
        "type": "object",
        "patternProperties": {NAME: members},
        "additionalProperties": False,
        "title": title,
    }


MAKERS: dict[str, t.Callable[[str], Schema]] = {
    "[": _list,
    "{": _names,
    "@": lambda word: {"$ref": "#/$defs/" + word[1:]},
    "=": lambda word: {
        "enum": word[1:].split(","),
        "title": "one of " + ", ".join(word[1:].split(",")),
    },
    "/": lambda word: {
        "type": "string",
        "pattern": word[1:-1],
        "title": "text that matches " + word[1:-1],
    },
}


def _split(words: str) -> list[str]:
    """The choices of a row, split at each bar that stands in no bracket and in no pattern."""
    if words.startswith("/"):
        return [words]
    found, depth = [""], 0
    for char in words:
        depth += (char in OPEN) - (char in CLOSE)
        if char == "|" and not depth:
            found.append("")
        else:
            found[-1] += char
    return found


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
