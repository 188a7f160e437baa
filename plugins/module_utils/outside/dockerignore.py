# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The patterns of a .dockerignore file, as Docker reads them."""

from __future__ import annotations

import dataclasses
import posixpath
import re
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError

NAME = ".dockerignore"
TOKEN = re.compile(r"\*\*/?|\*|\?|\[\^?(?:\\.|[^\]\\])+\]|\\.|.", re.DOTALL)
GLOB = re.compile(r"[*?\[\\]")
CLASS_SIGNS = re.compile(r"[\[&~|]")


@dataclasses.dataclass(frozen=True)
class Pattern:
    """One line: ``brings_back`` what an earlier one left out (`!`)."""

    text: str
    match: t.Pattern[str]
    brings_back: bool


class Ignore:
    """Whether a path is left out; the last line that matches it or a parent decides."""

    def __init__(self, patterns: t.Sequence[Pattern]) -> None:
        self.patterns = tuple(patterns)

    def __call__(self, path: str, is_directory: bool = False) -> bool:
        left_out = False
        for pattern in self.patterns:
            if pattern.brings_back == left_out and pattern.match.match(path):
                left_out = not pattern.brings_back
        return left_out

    def keeps_below(self, directory: str) -> bool:
        """Whether something inside an ignored directory could be brought back."""
        return any(
            pattern.brings_back and _reaches_into(pattern.text, directory + "/")
            for pattern in self.patterns
        )


def read(text: str, where: str = NAME) -> Ignore:
    """The patterns of a file's text; a malformed one is an error that names its line."""
    lines = text.lstrip("\ufeff").split("\n")
    found = (
        _pattern(line, "{0}:{1}".format(where, number)) for number, line in enumerate(lines, 1)
    )
    return Ignore([pattern for pattern in found if pattern is not None])


def _pattern(line: str, where: str) -> Pattern | None:
    text = line.strip()
    if not text or line.startswith("#"):
        return None
    brings_back = text.startswith("!")
    text = text[1:].strip() if brings_back else text
    if not text:
        raise InputError(where, "found {0!r}".format(line), "a pattern has to follow the '!'")
    cleaned = posixpath.normpath(text).lstrip("/")
    try:
        return Pattern(cleaned, re.compile(_expression(cleaned), re.DOTALL), brings_back)
    except (ValueError, re.error):
        hint = (
            "a '[' needs its ']' with a rising range between, and a backslash a character after it"
        )
        raise InputError(where, "found {0!r}".format(text), hint) from None


def _expression(cleaned: str) -> str:
    tokens = TOKEN.findall(cleaned)
    if "[" in tokens or "\\" in tokens:
        raise ValueError(cleaned)
    parts = [_translate(token, number == len(tokens) - 1) for number, token in enumerate(tokens)]
    if tokens and tokens[0] == "**" and not any(GLOB.match(token) for token in tokens[1:]):
        # Docker takes `**.log` for a suffix, in whatever directory.
        parts[0] = ".*"
    return "(?:{0})(?:/.*)?\\Z".format("".join(parts))


def _translate(token: str, is_last: bool) -> str:
    if token.startswith("**"):
        return ".*" if is_last else "(?:.*/)?"
    if token == "*":
        return "[^/]*"
    if token == "?":
        return "[^/]"
    if token.startswith("["):
        return "[" + CLASS_SIGNS.sub(r"\\\g<0>", token[1:-1]) + "]"
    return re.escape(token[-1])


def _reaches_into(pattern: str, directory: str) -> bool:
    glob = GLOB.search(pattern)
    literal = pattern[: pattern.rfind("/", 0, glob.start()) + 1] if glob else pattern + "/"
    return literal.startswith(directory) or directory.startswith(literal)
