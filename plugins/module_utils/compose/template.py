# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables in texts: `$NAME`, `${NAME}`, the operators `:-` `-` `:?` `?` `:+` `+`, nested."""

from __future__ import annotations

import dataclasses
import re
import typing as t

Lookup = t.Callable[[str], t.Optional[str]]
NAME = re.compile(r"[_a-zA-Z][_a-zA-Z0-9]*")
OPERATOR = re.compile(r":?[-+?]")
MAX_NESTING = 100


class TemplateError(ValueError):
    """A text that isn't a template, or whose required variable is missing; `hint`: what to do."""

    def __init__(self, problem: str, hint: str) -> None:
        super().__init__(problem)
        self.hint = hint


@dataclasses.dataclass(frozen=True)
class _Scope:
    """What a substitution knows: the variables, and where to note those that aren't set."""

    lookup: Lookup
    missed: t.Callable[[str], None]
    whole: str


def substitute(
    template: str, lookup: Lookup, missed: t.Callable[[str], None] = lambda name: None
) -> str:
    """The text with its variables replaced; `missed` is told the unset ones that became empty."""
    if "$" not in template:
        return template
    return _replace(template, _Scope(lookup, missed, template), 0)


def _replace(text: str, scope: _Scope, depth: int) -> str:
    if depth > MAX_NESTING:
        raise _invalid(scope, "is nested deeper than {0}".format(MAX_NESTING))
    done: list[str] = []
    start = 0
    while True:
        dollar = text.find("$", start)
        if dollar < 0:
            return "".join(done) + text[start:]
        done.append(text[start:dollar])
        value, start = _expression(text, dollar, scope, depth)
        done.append(value)


def _expression(text: str, dollar: int, scope: _Scope, depth: int) -> tuple[str, int]:
    follows = text[dollar + 1 : dollar + 2]
    if follows == "$":
        return "$", dollar + 2
    if follows == "{":
        end = _closing(text, dollar, scope)
        return _braced(text[dollar + 2 : end], scope, depth), end + 1
    name = NAME.match(text, dollar + 1)
    if name is None:
        return "$", dollar + 1
    return _plain(name.group(), scope), name.end()


def _closing(text: str, dollar: int, scope: _Scope) -> int:
    level = 0
    for place in range(dollar + 1, len(text)):
        level += {"{": 1, "}": -1}.get(text[place], 0)
        if level == 0:
            return place
    last = text.rfind("}", dollar, (text + "\n").index("\n", dollar))
    if last < 0:
        raise _invalid(scope, "has a ${ without its }")
    return last


def _braced(inside: str, scope: _Scope, depth: int) -> str:
    name = NAME.match(inside)
    if name is None:
        raise _invalid(
            scope, "has ${{{0}}}, which doesn't start with a variable's name".format(inside)
        )
    rest = inside[name.end() :]
    if not rest:
        return _plain(inside, scope)
    operator = OPERATOR.match(rest)
    if operator is None or "\n" in rest:
        raise _invalid(scope, "has ${{{0}}}, which has no operator after the name".format(inside))
    argument = _Argument(rest[operator.end() :], scope, depth + 1)
    return OPERATORS[operator.group()[-1]](
        name.group(), operator.group()[0] == ":", argument, scope
    )


@dataclasses.dataclass(frozen=True)
class _Argument:
    """What stands after an operator; replaced only when it is needed."""

    text: str
    scope: _Scope
    depth: int

    def value(self) -> str:
        return _replace(self.text, self.scope, self.depth)


def _plain(name: str, scope: _Scope) -> str:
    value = scope.lookup(name)
    if value is None:
        scope.missed(name)
    return value or ""


def _set(name: str, filled: bool, scope: _Scope) -> str | None:
    value = scope.lookup(name)
    return None if filled and not value else value


def _default(name: str, filled: bool, argument: _Argument, scope: _Scope) -> str:
    value = _set(name, filled, scope)
    return argument.value() if value is None else value


def _alternative(name: str, filled: bool, argument: _Argument, scope: _Scope) -> str:
    if _set(name, filled, scope) is None:
        return scope.lookup(name) or ""
    return argument.value()


def _required(name: str, filled: bool, argument: _Argument, scope: _Scope) -> str:
    value = _set(name, filled, scope)
    if value is not None:
        return value
    said = argument.value()
    state = "empty" if scope.lookup(name) == "" else "not set"
    problem = "the required variable {0} is {1}{2}".format(name, state, ": " + said if said else "")
    raise TemplateError(problem, "set it in the environment or in .env")


def _invalid(scope: _Scope, problem: str) -> TemplateError:
    hint = (
        "write $$ for a dollar sign; accepted: $NAME, ${NAME}, and after the name :- - :? ? :+ or +"
    )
    return TemplateError("the template {0!r} {1}".format(scope.whole, problem), hint)


OPERATORS: dict[str, t.Callable[[str, bool, _Argument, _Scope], str]] = {
    "-": _default,
    "+": _alternative,
    "?": _required,
}
