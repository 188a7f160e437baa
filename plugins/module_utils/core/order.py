# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The order of steps: what is needed comes first, and a circle is an error that names it."""

from __future__ import annotations

import dataclasses
import heapq
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import InputError

# Sorts after whatever a step is called, so that a circle is told from one of its steps.
KNOT = "\uffff"
# What a final step needs: all steps of its unit after which there still is a way back.
PROOF = "the proof of "

if t.TYPE_CHECKING:
    from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Step


def merge(steps: t.Iterable[Step]) -> list[Step]:
    """The same steps with equal keys made one, which needs and costs what any of them does."""
    groups: dict[str, list[Step]] = {}
    for step in steps:
        groups.setdefault(step.key, []).append(step)
    return [group[0] if len(group) == 1 else _united(group) for group in groups.values()]


def _united(group: t.Sequence[Step]) -> Step:
    needs = dict.fromkeys(need for step in group for need in step.needs)
    effects = [step.effect for step in group if step.effect is not None]
    return dataclasses.replace(group[0], needs=tuple(needs), effect=max(effects, default=None))


class Frontier:
    """The border between the steps that are done and those that wait for them.

    A need of many steps at once (of a resource, of a kind) is a knot between those and all that
    have this need, so that a thousand times a thousand needs are two thousand threads.
    """

    def __init__(self, steps: t.Sequence[Step]) -> None:
        answers = _answers(steps)
        # Steps stand before knots here, so a step that a knot sets free has been looked at already.
        self.waiting: dict[str, set[str]] = {step.key: set() for step in steps}
        for step in steps:
            for need in step.needs:
                members = answers.get(need, set())
                if len(members) > 1 and step.key not in members:
                    self.waiting.setdefault(KNOT + need, set(members))
                    self.waiting[step.key].add(KNOT + need)
                else:
                    self.waiting[step.key] |= members - {step.key}
        self._followers: dict[str, list[str]] = {}
        for key, needed in self.waiting.items():
            for other in needed:
                self._followers.setdefault(other, []).append(key)

    def begin(self) -> list[str]:
        """The steps that wait for nothing, in the order given."""
        return self._free(list(self.waiting))

    def done(self, key: str) -> list[str]:
        """The steps that waited for this one last."""
        followers = self._followers.get(key, [])
        for follower in followers:
            self.waiting[follower].discard(key)
        return self._free(followers)

    def followers(self, key: str) -> set[str]:
        """All steps that come after this one, through whatever number of needs."""
        found: set[str] = set()
        ahead = [key]
        while ahead:
            new = [each for each in self._followers.get(ahead.pop(), ()) if each not in found]
            found.update(new)
            ahead += new
        return {each for each in found if not each.startswith(KNOT)}

    def _free(self, keys: t.Sequence[str]) -> list[str]:
        free: list[str] = []
        for key in keys:
            if not self.waiting[key]:
                del self.waiting[key]
                free += self.done(key) if key.startswith(KNOT) else [key]
        return free


def _answers(steps: t.Sequence[Step]) -> dict[str, set[str]]:
    answers: dict[str, set[str]] = {}
    for step in steps:
        proof = () if step.final else (PROOF + step.goes_back_with,)
        for name in (step.key, step.identity, step.kind, *proof):
            answers.setdefault(name, set()).add(step.key)
    return answers


def arrange(steps: t.Iterable[Step]) -> tuple[Step, ...]:
    """The steps in an order that breaks no need, otherwise as they came."""
    merged = merge(steps)
    frontier = Frontier(merged)
    rank = {step.key: number for number, step in enumerate(merged)}
    ready = [rank[key] for key in frontier.begin()]
    arranged: list[Step] = []
    while ready:
        arranged.append(merged[heapq.heappop(ready)])
        for key in frontier.done(arranged[-1].key):
            heapq.heappush(ready, rank[key])
    if frontier.waiting:
        circle = " -> ".join(_circle(frontier.waiting))
        raise InputError("plan", "a circle: {0}".format(circle), "break one of these needs")
    return tuple(arranged)


def _circle(waiting: t.Mapping[str, t.AbstractSet[str]]) -> list[str]:
    trail = {min(waiting): None}
    while True:
        following = min(waiting[next(reversed(trail))])
        if following in trail:
            keys = list(trail)
            circle = [key for key in keys[keys.index(following) :] if not key.startswith(KNOT)]
            return [*circle, circle[0]]
        trail[following] = None
