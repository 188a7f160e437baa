# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Containers as the engine has them: one list, and an inspect of each that matters."""

from __future__ import annotations

import concurrent.futures
import dataclasses
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.kind import Survey
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Found, Resource
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.names import (
    DEPENDS_ON,
    NEW,
    OLD,
    ONE_OFF,
    SERVICE,
    base,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.understanding import (
    Context,
    understand,
)
from ansible_collections.slipway.docker.plugins.module_utils.kinds.labels import (
    PROJECT,
    is_owned,
    record_in,
)

WORKERS = 4
# What the planner has to know of the engine stands among the containers, under a name that none
# of them can have.
ENGINE = "(engine)"
# The fields that are the engine's own choice where nobody asks.
ENGINES_OWN = ("cgroup", "logging", "runtime")
Json = t.Mapping[str, t.Any]


def observe(outside: t.Any, survey: Survey) -> dict[str, Found]:
    """The containers of the engine by name; only those wanted or owned are looked at closely."""
    listed = {
        _name(summary): summary for summary in outside.engine.get("/containers/json", all=True)
    }
    scene = Scene(outside.engine, survey, listed)
    with concurrent.futures.ThreadPoolExecutor(WORKERS) as pool:
        inspects = {
            inspect["Name"].lstrip("/"): inspect
            for inspect in pool.map(scene.inspect, scene.chosen())
            if inspect
        }
    others = {
        name: Found("container", name, summary["Id"], facts={"summary": summary})
        for name, summary in listed.items()
    }
    return {ENGINE: scene.engine_side(), **others, **dict(scene.found(inspects))}


def _name(summary: Json) -> str:
    # The names of links stand beside the container's own, with another slash in them.
    return min(
        (str(name) for name in summary["Names"] or [summary["Id"]]),
        key=lambda name: name.count("/"),
    ).lstrip("/")


@dataclasses.dataclass
class Scene:
    """One look at the engine."""

    engine: t.Any
    survey: Survey
    listed: t.Mapping[str, Json]
    images: dict[str, Json | None] = dataclasses.field(default_factory=dict)
    info: Json = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        self.wanted = {resource.name: resource for resource in self.survey.wanted}
        self.names = {summary["Id"]: name for name, summary in self.listed.items()}
        for found in self.survey.seen.get("image", {}).values():
            self.images[found.name] = self.images[found.id] = found.facts

    def owned(self, summary: Json) -> bool:
        """Whether a container is one of the project's services."""
        labels = summary.get("Labels") or {}
        return is_owned(labels, self.survey.owner) and labels.get(ONE_OFF) != "True"

    def chosen(self) -> list[str]:
        """The ids of the containers to look at closely."""
        return [
            summary["Id"]
            for name, summary in self.listed.items()
            if base(name) in self.wanted or self.owned(summary)
        ]

    def inspect(self, id: str) -> Json | None:
        """All about one container."""
        return t.cast("Json | None", self.engine.get("/containers/{0}/json", id))

    def image(self, name: str) -> Json | None:
        """All about an image, asked for once."""
        if name not in self.images:
            self.images[name] = self.engine.get("/images/{0}/json", name)
        return self.images[name]

    def found(self, inspects: t.Mapping[str, Json]) -> t.Iterator[tuple[str, Found]]:
        """The containers that matter; one that lost its name to an interrupted run has it here."""
        dependents = self.dependents()
        for name, inspect in inspects.items():
            first = name[: -len(OLD)] if name.endswith(OLD) else name
            if name == base(name) or (name.endswith(OLD) and first not in inspects):
                yield (
                    first,
                    self._found(first, inspect, dependents.get(first, ()), displaced=name != first),
                )
            elif name.endswith(NEW):
                alone = {base(name), base(name) + OLD}.isdisjoint(inspects) and base(
                    name
                ) not in self.wanted
                yield (
                    name,
                    Found(
                        "container",
                        name,
                        inspect["Id"],
                        owned=alone and self.survey.owner != "",
                        facts={"inspect": inspect},
                    ),
                )

    def _found(
        self, name: str, inspect: Json, dependents: t.Sequence[tuple[str, str]], displaced: bool
    ) -> Found:
        wanted = self.wanted.get(name) or Resource("container", name)
        fields, defaults = understand(inspect, self._context(wanted, inspect))
        labels = inspect["Config"].get("Labels")
        return Found(
            "container",
            name,
            inspect["Id"],
            fields,
            defaults,
            record_in(labels),
            owned=self.owned({"Labels": labels}),
            facts={
                "inspect": inspect,
                "dependents": tuple(dependents),
                "displaced": displaced,
                "wanted": name in self.wanted,
            },
        )

    def _context(self, wanted: Resource, inspect: Json) -> Context:
        name = wanted.fields.get("image")
        return Context(
            wanted.fields,
            wanted.options,
            self.image(inspect["Image"]),
            self.image(name) if name else None,
            self.names,
            self._info(wanted, inspect),
        )

    def _info(self, wanted: Resource, inspect: Json) -> Json:
        """What the engine does if nobody asks; it matters where a field was taken out."""
        asked = {*record_in(inspect["Config"].get("Labels"))}
        if not asked.intersection(ENGINES_OWN).difference(wanted.fields):
            return {}
        self.info = self.info or self.engine.get("/info")
        return self.info

    def dependents(self) -> dict[str, list[tuple[str, str]]]:
        """By container who depends on it, and how; what is not wanted says so by its labels."""
        dependents: dict[str, list[tuple[str, str]]] = {}
        for name, resource in self.wanted.items():
            for other, how in resource.options.get("depends_on", {}).items():
                dependents.setdefault(other, []).append(
                    (name, how.get("condition", "service_started"))
                )
        for name, summary in self.listed.items():
            if name not in self.wanted and self.owned(summary):
                for other, condition in self._depends_by_label(summary["Labels"]):
                    dependents.setdefault(other, []).append((name, condition))
        return dependents

    def _depends_by_label(self, labels: t.Mapping[str, str]) -> t.Iterator[tuple[str, str]]:
        for entry in filter(None, labels.get(DEPENDS_ON, "").split(",")):
            service, _colon, rest = entry.partition(":")
            for name, summary in self.listed.items():
                others = summary.get("Labels") or {}
                if others.get(PROJECT) == labels[PROJECT] and others.get(SERVICE) == service:
                    yield name, rest.partition(":")[0]

    def engine_side(self) -> Found:
        """What the planner has to know of the engine: its version, and what can be referred to."""
        fields = [resource.fields for resource in self.survey.wanted]
        names = {
            resource.fields["image"]
            for resource in self.survey.wanted
            if "image" in resource.fields
        }
        facts: dict[str, t.Any] = {
            "version": self.engine.version,
            "images": {
                name: self.image(name) for name in names if resource_is_there(self.image(name))
            },
        }
        if any("networks" in each or "network_mode" in each for each in fields):
            facts["networks"] = self._known("network", "/networks", lambda answer: answer)
        if any("volumes" in each for each in fields):
            facts["volumes"] = self._known(
                "volume", "/volumes", lambda answer: answer["Volumes"] or ()
            )
        return Found("container", ENGINE, facts=facts)

    def _known(
        self, kind: str, path: str, members: t.Callable[[t.Any], t.Iterable[Json]]
    ) -> frozenset[str]:
        if kind in self.survey.seen:
            return frozenset(self.survey.seen[kind])
        return frozenset(member["Name"] for member in members(self.engine.get(path)))


def resource_is_there(answer: t.Any) -> bool:
    """Whether the engine answered with something."""
    return answer is not None
