# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A key of daemon.json, declared once: its type, which engines know it, and what a change costs."""

from __future__ import annotations

import dataclasses
import re

from ansible_collections.slipway.docker.plugins.module_utils.core.field import Effect, Field
from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.values import Type

OLDEST = "20.10"
NUMBER = re.compile(r"(?:\d+:)?v?(\d+)\.(\d+)")


@dataclasses.dataclass(frozen=True)
class Key:
    """One row of the table of keys.

    ``since``: the first engine that knows it, empty for all from 20.10 on; ``until``: the first that
    doesn't any more; ``instead``: what to do there. ``reset``: a reload takes a key that is gone for
    its default; of others the engine keeps the old value until it is restarted.
    """

    name: str
    type: Type
    purpose: str
    effect: Effect = Effect.RESTART
    since: str = ""
    until: str = ""
    instead: str = ""
    reset: bool = False

    @property
    def field(self) -> Field:
        return Field(
            self.name, self.type.codec, (self.name,), match=self.type.match, effect=self.effect
        )

    def misfit(self, version: str) -> tuple[str, str] | None:
        """Why an engine of a version doesn't take this key, and what to do; None if it does."""
        if is_before(version, self.since):
            problem = "engine {0} doesn't know this key".format(version)
            return (
                problem,
                "it exists since engine {0}; leave it out, or use a newer engine".format(
                    self.since
                ),
            )
        if has_reached(version, self.until):
            problem = "engine {0} doesn't take this key any more".format(version)
            hint = self.instead or "leave it out"
            return problem, "it is gone since engine {0}; {1}".format(self.until, hint)
        return None


def is_before(version: str, bound: str) -> bool:
    """Whether a version is known to be older than a bound."""
    found, limit = numbers(version), numbers(bound)
    return bool(found and limit) and found < limit


def has_reached(version: str, bound: str) -> bool:
    """Whether a version is known to be a bound or newer."""
    found, limit = numbers(version), numbers(bound)
    return bool(found and limit) and found >= limit


def numbers(version: str) -> tuple[int, ...]:
    """The major and minor number of a version; nothing of one that can't be read."""
    match = NUMBER.match(version)
    return tuple(map(int, match.groups())) if match else ()
