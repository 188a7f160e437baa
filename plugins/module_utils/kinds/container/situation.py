# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the planner sees: one wanted container, and how it was found."""

from __future__ import annotations

import dataclasses
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.diff import Change
from ansible_collections.slipway.docker.plugins.module_utils.core.plan import Request
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import (
    Found,
    Resource,
    look_up,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.names import NEW, OLD
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.observe import ENGINE

SERVING = ("service_started", "service_healthy")
STARTED = "started"
START_FIRST, STOP_FIRST = "start-first", "stop-first"
Json = t.Mapping[str, t.Any]


def update_config(wanted: Resource) -> Json:
    """How its replacement is to go about."""
    config: Json = wanted.options.get("update_config") or {}
    return config


@dataclasses.dataclass(frozen=True)
class Situation:
    """One container, wanted and found."""

    request: Request

    @property
    def wanted(self) -> Resource:
        return self.request.wanted

    @property
    def found(self) -> Found | None:
        return self.request.found

    @property
    def fields(self) -> t.Mapping[str, t.Any]:
        return self.wanted.fields

    @property
    def changes(self) -> tuple[Change, ...]:
        """What differs; one that says no image says nothing of the container but its state."""
        return self.request.changes if self.fields.get("image") else ()

    @property
    def engine(self) -> Json:
        """The engine's side, empty where it isn't there yet."""
        found = look_up(self.request.snapshot, "container", ENGINE)
        return found.facts if found else {}

    @property
    def inspect(self) -> Json:
        return self.found.facts.get("inspect", {}) if self.found else {}

    @property
    def state(self) -> Json:
        return self.inspect.get("State") or {}

    @property
    def running(self) -> bool:
        return bool(self.state.get("Running"))

    @property
    def overlaps(self) -> bool:
        """Whether a replacement is to run beside the old one before it takes its place."""
        order = update_config(self.wanted).get("order")
        return order == START_FIRST and self.running and self.runs and not self.unproven

    @property
    def id(self) -> str:
        return self.found.id if self.found else ""

    @property
    def stop_timeout(self) -> int | None:
        """Seconds that a stop may take; None where the container's own grace period holds."""
        return self.wanted.options.get("stop_timeout")

    @property
    def unproven(self) -> bool:
        """Whether it is a replacement that an interrupted run never saw well, or not all of its unit."""
        well = (self.is_healthy or self.completed) and not self.request.unit
        return self.left_old is not None and not well

    @property
    def paused(self) -> bool:
        return bool(self.state.get("Paused"))

    @property
    def displaced(self) -> bool:
        """Whether an interrupted run left the container without its name."""
        return bool(self.found and self.found.facts.get("displaced"))

    @property
    def left_new(self) -> Found | None:
        """The replacement that an interrupted run left unproven."""
        return look_up(self.request.snapshot, "container", self.wanted.name + NEW)

    @property
    def left_old(self) -> Found | None:
        """The replaced container that an interrupted run left beside the new one."""
        return (
            None
            if self.displaced
            else look_up(self.request.snapshot, "container", self.wanted.name + OLD)
        )

    @property
    def interrupted(self) -> bool:
        return bool(self.displaced or self.left_new or self.left_old)

    @property
    def dependents(self) -> t.Sequence[tuple[str, str]]:
        """Who depends on it, and how."""
        return self.found.facts.get("dependents", ()) if self.found else ()

    @property
    def healthcheck(self) -> t.Mapping[str, t.Any]:
        """Its health check, its own or the image's; empty where there is none."""
        declared = self.fields.get("healthcheck")
        image = self.engine.get("images", {}).get(self.fields.get("image")) or self.inspect
        check = (image.get("Config") or {}).get("Healthcheck") or {}
        off = {"disable": True}
        if declared == off or (not declared and check.get("Test", ["NONE"]) == ["NONE"]):
            return {}
        return declared or {"test": check["Test"]}

    @property
    def runs(self) -> bool:
        """Whether it is to run when the plan is done."""
        return self.wanted.state == STARTED or (self.wanted.state == "present" and self.running)

    @property
    def health(self) -> str:
        """What its health check tells, or how it is where there is none."""
        health = (self.state.get("Health") or {}).get("Status", "none")
        return str(self.state.get("Status", "") if health == "none" else health)

    @property
    def is_healthy(self) -> bool:
        """Whether it runs, and is healthy where it can tell."""
        return self.running and self.health in ("healthy", "running")

    @property
    def completed(self) -> bool:
        """Whether it ran and ended well."""
        return self.state.get("Status") == "exited" and self.state.get("ExitCode") == 0

    @property
    def has_done_its_job(self) -> bool:
        """Whether it is a job that ended well, and not a server that was stopped."""
        policy = self.fields.get("restart", "no")
        serves = (
            self.healthcheck
            or self.fields.get("ports")
            or any(how in SERVING for _name, how in self.dependents)
        )
        return self.completed and not serves and policy.partition(":")[0] in ("no", "on-failure")
