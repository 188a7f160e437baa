# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Volumes over an engine of a few lines: a file a case."""

from __future__ import annotations

import itertools
import types
import typing as t
from pathlib import Path

import pytest
import yaml

from ansible_collections.slipway.docker.plugins.module_utils.core.converge import Settings, converge
from ansible_collections.slipway.docker.plugins.module_utils.core.errors import (
    SlipwayError,
    StepError,
)
from ansible_collections.slipway.docker.plugins.module_utils.core.kind import read
from ansible_collections.slipway.docker.plugins.module_utils.core.record import LABEL
from ansible_collections.slipway.docker.plugins.module_utils.core.report import Report
from ansible_collections.slipway.docker.plugins.module_utils.core.resource import Resource
from ansible_collections.slipway.docker.plugins.module_utils.kinds.volume import VOLUME
from ansible_collections.slipway.docker.tests.unit.plugins.module_utils.core.world import (
    ALL,
    Memory,
)

CASES = sorted((Path(__file__).parent / "cases").glob("*.yml"))
Story = t.Mapping[str, t.Any]


class Engine:
    """The volumes of an engine; `hidden` are those of a plugin that doesn't answer a list."""

    def __init__(self, story: Story) -> None:
        self.clock = itertools.count()
        self.warnings = story.get("warnings")
        self.faults: dict[str, str] = {}
        self.volumes = self._made(story.get("engine", {}))
        self.hidden = self._made(story.get("hidden", {}))

    def _made(self, volumes: Story) -> dict[str, dict[str, t.Any]]:
        return {name: self._one(name, body) for name, body in volumes.items()}

    def _one(self, name: str, body: Story) -> dict[str, t.Any]:
        return {
            "Options": None,
            "Labels": None,
            **body,
            "Name": name,
            "CreatedAt": next(self.clock),
        }

    def get(self, path: str, *parts: str) -> t.Any:
        if parts:
            return {**self.volumes, **self.hidden}.get(parts[0])
        return {"Volumes": list(self.volumes.values()) or None, "Warnings": self.warnings}

    def post(self, path: str, body: Story) -> t.Any:
        fault = self.faults.pop("create volume {0}".format(body["Name"]), None)
        if fault:
            raise StepError("volume {0}".format(body["Name"]), fault)
        volume = self._one(body["Name"], {"Driver": body["Driver"]})
        volume.update(Options=body["DriverOpts"], Labels=body["Labels"])
        return self.volumes.setdefault(body["Name"], volume)

    def delete(self, path: str, name: str) -> bool:
        return self.volumes.pop(name, None) is not None

    @property
    def told(self) -> dict[str, dict[str, t.Any]]:
        """The volumes as a case writes them: without what differs from run to run."""
        return {name: told(volume) for name, volume in self.volumes.items()}


def told(volume: Story) -> dict[str, t.Any]:
    """What is set of a volume, our own label left out."""
    labels = {key: text for key, text in (volume["Labels"] or {}).items() if key != LABEL}
    options = volume["Options"]
    return {
        "Driver": volume["Driver"],
        **({"Options": options} if options is not None else {}),
        **({"Labels": labels} if volume["Labels"] is not None else {}),
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_the_plan_is_what_the_case_says(case: Path) -> None:
    story = yaml.safe_load(case.read_text())
    engine, memory = Engine(story), Memory()
    for chapter in story["runs"]:
        engine.faults = dict(chapter.get("fault", {}))
        if "refused" in chapter:
            with pytest.raises(SlipwayError) as refusal:
                converged(engine, memory, chapter)
            assert str(refusal.value) == chapter["refused"]
        else:
            compare(converged(engine, memory, chapter, check_mode=True), chapter)
            compare(converged(engine, memory, chapter), chapter)
        if "engine" in chapter:
            assert engine.told == chapter["engine"]


def compare(report: Report, chapter: Story) -> None:
    if "plan" in chapter:
        assert report.result()["plan"] == chapter["plan"]
        assert report.result()["changed"] is bool(chapter["plan"])
    if report.outcomes or "failure" not in chapter:
        assert report.failure() == chapter.get("failure", "")


def converged(engine: Engine, memory: Memory, chapter: Story, check_mode: bool = False) -> Report:
    settings = Settings(
        check_mode,
        consent=tuple(chapter.get("consent", ALL)),
        owner=chapter.get("owner", ""),
        orphans=chapter.get("orphans", "report"),
        expected=frozenset(chapter.get("expected", ())),
        on_failure=chapter.get("on_failure", "stop"),
    )
    outside = types.SimpleNamespace(engine=engine)
    declared = [wanted(name, fields) for name, fields in chapter["wanted"].items()]
    return converge([VOLUME], declared, outside, memory, settings)


def wanted(name: str, declared: Story) -> Resource:
    fields = read(VOLUME, "volume {0}".format(name), declared)
    state, options = declared.get("state", "present"), declared.get("options", {})
    return Resource("volume", name, state, fields, options)
