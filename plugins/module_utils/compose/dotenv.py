# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The grammar of .env files: `KEY=value`, `KEY: value`, `export`, quotes, comments, lone keys."""

from __future__ import annotations

import re
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.compose.template import (
    Lookup,
    TemplateError,
    substitute,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import ComposeError

SPACES = "\t\v\f\r \x85\xa0"
EXPORT = re.compile(r"export\s+")
ESCAPE = re.compile(r'\\([abcfnrtv$"\\]|0[0-9]{0,3})')
ESCAPES = {
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
    "\\": "\\",
    '"': '"',
    "$": "$$",
}
ACCEPTED = "accepted: KEY=value, KEY: value, export KEY=value, or KEY alone"


def parse(
    text: str, lookup: Lookup, label: str = ".env", known: t.Mapping[str, str] | None = None
) -> dict[str, str]:
    """The variables of an env file, over those already known; inside values, `lookup` wins."""
    reader = _Reader(text.lstrip("\ufeff").replace("\r\n", "\n"), lookup, label, dict(known or {}))
    reader.read()
    return reader.found


def parse_raw(text: str, lookup: Lookup, label: str = ".env") -> dict[str, str]:
    """The variables of an env file whose values are taken as they are."""
    found: dict[str, str] = {}
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), 1):
        line = line.lstrip(SPACES)
        if not line or line.startswith("#"):
            continue
        key, sign, value = line.partition("=")
        if not key or any(char in key for char in SPACES):
            raise ComposeError(
                "{0}:{1}".format(label, number), "found the key {0!r}".format(key), ACCEPTED
            )
        inherited = value if sign else lookup(key)
        if inherited is not None:
            found[key] = inherited
    return found


class _Reader:
    """Reads one env file from its start to its end."""

    def __init__(self, text: str, lookup: Lookup, label: str, found: dict[str, str]) -> None:
        self.text = text
        self.lookup = lookup
        self.label = label
        self.found = found
        self.place = 0

    def read(self) -> None:
        """Reads every statement."""
        while self._to_statement():
            self._statement()

    def _to_statement(self) -> bool:
        while True:
            self._skip_while(str.isspace)
            if self.place >= len(self.text):
                return False
            if self.text[self.place] != "#":
                return True
            end = self.text.find("\n", self.place)
            self.place = len(self.text) if end < 0 else end

    def _skip_while(self, is_member: t.Callable[[str], bool]) -> None:
        while self.place < len(self.text) and is_member(self.text[self.place]):
            self.place += 1

    def _statement(self) -> None:
        start = self.place
        export = EXPORT.match(self.text, self.place)
        if export:
            self.place = export.end()
        key, inherited = self._key()
        if " " in key:
            raise self._fail(start, "the key {0!r} holds a space".format(key), ACCEPTED)
        if not inherited:
            self.found[key] = self._value(key)
            return
        value = self.lookup(key)
        if value is not None:
            self.found[key] = value

    def _key(self) -> tuple[str, bool]:
        start = self.place
        for place in range(start, len(self.text)):
            char = self.text[place]
            if char in "=:\n":
                self.place = place + 1
                self._skip_while(SPACES.__contains__)
                return self.text[start:place].rstrip(), char == "\n"
            if char not in SPACES and not _names(char):
                line = self.text[start:].split("\n")[0]
                problem = "found {0!r} in the name of a variable: {1!r}".format(char, line)
                raise self._fail(place, problem, ACCEPTED)
        self.place = len(self.text)
        return self.text[start:].rstrip(), True

    def _value(self, key: str) -> str:
        start = self.place
        quote = self.text[start : start + 1]
        if quote not in ("'", '"'):
            return self._expand(self._bare(), key, start)
        value = self._quoted(quote)
        return value if quote == "'" else self._expand(ESCAPE.sub(_escape, value), key, start)

    def _bare(self) -> str:
        end = self.text.find("\n", self.place)
        end = len(self.text) if end < 0 else end
        value = self.text[self.place : end]
        self.place = min(end + 1, len(self.text))
        return value.split(" #")[0].rstrip()

    def _quoted(self, quote: str) -> str:
        start = self.place
        kept: list[str] = []
        place = start + 1
        while place < len(self.text):
            char = self.text[place]
            if char == quote:
                self.place = place + 1
                return "".join(kept)
            if char == "\\" and place + 1 < len(self.text):
                place += 1
                kept.append(
                    self.text[place] if self.text[place] == quote else char + self.text[place]
                )
            else:
                kept.append(char)
            place += 1
        line = self.text[start:].split("\n")[0]
        raise self._fail(
            start, "the quote of {0} isn't closed".format(line), "add {0} at its end".format(quote)
        )

    def _expand(self, value: str, key: str, place: int) -> str:
        try:
            return substitute(value, self._variable)
        except TemplateError as error:
            raise self._fail(place, "{0}: {1}".format(key, error), error.hint) from None

    def _variable(self, name: str) -> str | None:
        value = self.lookup(name)
        return self.found.get(name) if value is None else value

    def _fail(self, place: int, problem: str, hint: str) -> ComposeError:
        line = self.text.count("\n", 0, place) + 1
        return ComposeError("{0}:{1}".format(self.label, line), problem, hint)


def _names(char: str) -> bool:
    return char in "_.-[]" or char.isalpha() or char.isnumeric()


def _escape(found: t.Match[str]) -> str:
    code = found.group(1)
    if not code.startswith("0"):
        return ESCAPES.get(code, found.group())
    digits = code[1:]
    octal = (
        len(digits) == 3 and all(digit in "01234567" for digit in digits) and int(digits, 8) < 256
    )
    return chr(int(digits, 8)) if octal else "\\" + digits
