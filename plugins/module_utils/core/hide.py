# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hiding what looks like a secret from everything that is made for reading."""

from __future__ import annotations

import re
import typing as t

HIDDEN = "(hidden)"
WORDS = r"pass(?:word|wd|phrase|code)?\d?|pwd|secret|token|credentials?|(?:api|access)[_-]?key"
NAME = re.compile(
    r"pass|pwd|secret|token|credential|private|auth(?!or)|(?:api|access|encryption)_?key|[_-]key\b",
    re.IGNORECASE,
)
FLAG = re.compile(r"--?[\w-]*(?:{0})\Z".format(WORDS), re.IGNORECASE)
# In a value of ours a secret ends at a comma, as in mount options; in prose at the next space too.
IN_VALUE = re.compile(r"((?:{0})=)[^,]+".format(WORDS), re.IGNORECASE)
IN_PROSE = re.compile(
    r"""((?:{0})=|--[\w-]{{0,20}}(?:{0})[ ])("[^"]*"|'[^']*'|[^,;&\s'"]+)""".format(WORDS),
    re.IGNORECASE,
)
IN_JSON = re.compile(
    r"""((?P<key>["'])[\w.-]{{0,40}}(?:{0})(?P=key)\s*:\s*)(?P<is>["']).*?(?P=is)""".format(WORDS),
    re.IGNORECASE,
)
WORD = re.compile(r"[^\s'\"]+")
USERINFO = re.compile(r"\w://[^/:@]*:")
USERINFO_TOKEN = re.compile(r"(\bhttps?://)[^/:@]+@", re.IGNORECASE)


def is_secret(name: str) -> bool:
    """Whether a name says that its value is a secret."""
    return bool(NAME.search(name))


def hide(value: t.Any) -> t.Any:
    """The same value with what looks like a secret in it left out, however deep it lies."""
    if isinstance(value, str):
        return _userinfo(IN_JSON.sub(r"\1***", IN_VALUE.sub(r"\1***", value)))
    if isinstance(value, dict):
        return {
            key: HIDDEN if member is not None and is_secret(str(key)) else hide(member)
            for key, member in value.items()
        }
    if isinstance(value, (list, tuple)):
        return _hide_members(value)
    return value


def scrub(text: str) -> str:
    """Prose (an error, a log line) with what looks like a secret left out."""
    return _userinfo(IN_JSON.sub(r"\1***", IN_PROSE.sub(r"\1***", text)))


def display(name: str, value: t.Any, show: t.Callable[[t.Any], str] = repr) -> str:
    """A value made for reading, nothing of it if its name says that it is a secret."""
    return HIDDEN if is_secret(name) else show(hide(value))


def _hide_members(members: t.Sequence[t.Any]) -> list[t.Any]:
    flags = [isinstance(member, str) and bool(FLAG.match(member)) for member in members]
    return [
        HIDDEN if follows_flag else hide(member)
        for follows_flag, member in zip([False, *flags], members)
    ]


def _userinfo(text: str) -> str:
    return WORD.sub(lambda word: _userinfo_of(word.group()), text)


def _userinfo_of(word: str) -> str:
    # The last "@" ends it: a password may hold "@", and "/" where somebody forgot to encode it.
    end = word.rfind("@")
    start = USERINFO.search(word, 0, max(end, 0))
    if start is None:
        return USERINFO_TOKEN.sub(r"\1***@", word)
    return "{0}***{1}".format(word[: start.end()], word[end:])
