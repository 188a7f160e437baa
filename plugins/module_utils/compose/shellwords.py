# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A command in one text split into its words."""

from __future__ import annotations

ENDS = ";&|<>"


class _Words:
    """The words read so far, and the quotes that are open."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.buffer = ""
        self.got = False
        self.open: str | None = None
        self.escaped = False

    def add(self, char: str) -> None:
        self.buffer += char
        self.got = True

    def space(self) -> None:
        if self.got:
            self.words.append(self.buffer)
        self.buffer, self.got = "", False

    def quote(self, char: str) -> None:
        self.got = self.got or self.open == char
        self.open = None if self.open == char else char


def split(text: str) -> tuple[list[str], str]:
    """The words of a command, and its rest from a `;` `&` `|` `<` or `>` on, which isn't used."""
    state = _Words()
    rest = ""
    for place, char in enumerate(text):
        if not _take(state, char):
            rest = text[place:]
            break
    if rest[:1] == ">" and state.buffer[:1].isdigit():
        state.got = False
    state.space()
    if state.open or state.escaped:
        raise ValueError("a command whose quotes are closed")
    return state.words, rest


def _take(state: _Words, char: str) -> bool:
    if state.escaped:
        state.add(char)
        state.escaped = False
    elif char == "\\":
        state.escaped = state.open != "'"
        if not state.escaped:
            state.buffer += char
    elif char in " \t\r\n":
        state.add(char) if state.open else state.space()
    elif char in ENDS and not state.open:
        return False
    else:
        _mark(state, char)
    return True


def _mark(state: _Words, char: str) -> None:
    if char in "'\"" and state.open in (None, char, "`"):
        state.quote(char) if state.open != "`" else state.add(char)
    elif char == "`" and state.open in (None, char):
        state.add(char)
        state.open = None if state.open else char
    elif char == "(" and state.open in (None, ")"):
        _parenthesis(state)
    elif char == ")" and state.open in (None, ")"):
        state.add(char)
        state.open = None if state.open else ")"
    else:
        state.add(char)


def _parenthesis(state: _Words) -> None:
    if state.open or not state.buffer.endswith("$"):
        raise ValueError("a command whose parentheses follow a $, or are quoted")
    state.add("(")
    state.open = ")"
