# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON schema (draft 2020-12) that the tables of shapes stand for, titled for users."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.compose.shapes import SHAPES, TOP
from ansible_collections.slipway.docker.plugins.module_utils.compose.words import NAME, Shape

Schema = t.Dict[str, t.Any]
TYPES = {
    "str": ("string", "text", "texts"),
    "span": ("string", "a duration in text like 1m30s", "durations"),
    "int": ("integer", "a whole number", "whole numbers"),
    "num": ("number", "a number", "numbers"),
    "bool": ("boolean", "true or false", "flags"),
    "null": ("null", "nothing", "nothing"),
}
BOUNDED = re.compile(r"int\((-?\d*)\.\.(-?\d*)\)\Z")
OPEN, CLOSE = "[{(", "]})"


def json_schema() -> Schema:
    """The JSON schema of a Compose file."""
    shapes = {name: _mapping(shape) for name, shape in SHAPES.items()}
    draft = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": draft, **_mapping(TOP), "$defs": shapes}


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
    if len(choices) == 1:
        return _choice(choices[0])
    title = " or ".join(_singular(choice) for choice in choices)
    if all(choice in TYPES for choice in choices):
        return {"type": [TYPES[choice][0] for choice in choices], "title": title}
    return {"anyOf": [_choice(choice) for choice in choices], "title": title}


def _choice(word: str) -> Schema:
    if word in TYPES:
        return {"type": TYPES[word][0], "title": TYPES[word][1]}
    bounded = BOUNDED.match(word)
    return _bounded(*bounded.groups()) if bounded else MAKERS[word[0]](word)


def _singular(word: str) -> str:
    return str(_choice(word).get("title", "a mapping"))


def _plural(words: str) -> str:
    return " or ".join(dict.fromkeys(_plural_of(choice) for choice in _split(words)))


def _plural_of(word: str) -> str:
    if word in TYPES:
        return TYPES[word][2]
    if word.startswith("["):
        return "lists of " + _plural(_inside(word))
    return {"@": "mappings", "{": "mappings"}.get(word[0], _singular(word))


def _inside(word: str) -> str:
    """What stands in the brackets of a word."""
    return word[1 : word.rindex("]" if word[0] == "[" else "}")]


def _bounded(least: str, most: str) -> Schema:
    title = "a whole number from {0}{1}".format(least, " to " + most if most else " up")
    schema: Schema = {"type": "integer", "title": title}
    schema.update({"minimum": int(least)} if least else {})
    schema.update({"maximum": int(most)} if most else {})
    return schema


def _list(word: str) -> Schema:
    inside = _inside(word)
    schema = {"type": "array", "items": _words(inside), "title": "a list of " + _plural(inside)}
    return {**schema, "uniqueItems": True} if word.endswith("!") else schema


def _names(word: str) -> Schema:
    inside = _inside(word)
    schema: Schema = {"type": "object", "title": "a mapping of names to " + _plural(inside)}
    if not word.endswith(":"):
        return {**schema, "additionalProperties": _words(inside)}
    return {**schema, "patternProperties": {NAME: _words(inside)}, "additionalProperties": False}


def _enumeration(word: str) -> Schema:
    values = word[1:].split(",")
    title = "one of " + ", ".join(values) if len(values) > 1 else "the word " + values[0]
    return {"enum": values, "title": title}


MAKERS: dict[str, t.Callable[[str], Schema]] = {
    "[": _list,
    "{": _names,
    "@": lambda word: {"$ref": "#/$defs/" + word[1:]},
    "=": _enumeration,
    "/": lambda word: {
        "type": "string",
        "pattern": word[1:-1],
        "title": "text that matches " + word[1:-1],
    },
    "a": lambda word: {"title": "anything"},
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
