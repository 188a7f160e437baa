# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that can go wrong, as one tree of exceptions that users read.

SlipwayError
├── InputError        what the user declared can't be accepted
│   └── ComposeError  ... and it stands in a Compose file
├── Refused           the plan needs a consent that wasn't given, or the host has moved
├── Unreachable       a server doesn't answer: what it holds is unknown, not absent
├── EngineError       the engine answered with an error
└── StepError         a step of the plan failed, with the evidence
"""

from __future__ import annotations

import typing as t


class SlipwayError(Exception):
    """An error that says where, what was found, and what to do next."""

    def __init__(self, where: str, problem: str, hint: str = "") -> None:
        self.where = where
        self.problem = problem
        self.hint = hint
        super().__init__(where, problem, hint)

    def __str__(self) -> str:
        text = "{0}: {1}".format(self.where, self.problem) if self.where else self.problem
        return "{0}; {1}".format(text, self.hint) if self.hint else text


class InputError(SlipwayError):
    """What the user declared can't be accepted."""


class ComposeError(InputError):
    """What stands in a Compose file can't be accepted."""


class Refused(SlipwayError):
    """The plan does more than it is allowed to, so none of it was done."""


class Unreachable(SlipwayError):
    """A server doesn't answer, so what it holds is unknown."""


class EngineError(SlipwayError):
    """The engine answered a call with an error; `status` is the HTTP status."""

    def __init__(self, where: str, problem: str, hint: str = "", status: int = 0) -> None:
        super().__init__(where, problem, hint)
        self.status = status


class StepError(SlipwayError):
    """A step failed; `evidence` maps a title (`last log lines`) to its lines."""

    def __init__(
        self,
        where: str,
        problem: str,
        hint: str = "",
        evidence: t.Mapping[str, t.Sequence[str]] | None = None,
    ) -> None:
        super().__init__(where, problem, hint)
        self.evidence = dict(evidence or {})

    def __str__(self) -> str:
        told = [(title, lines) for title, lines in self.evidence.items() if lines]
        blocks = ["\n{0}:\n  {1}".format(title, "\n  ".join(lines)) for title, lines in told]
        return super().__str__() + "".join(blocks)
